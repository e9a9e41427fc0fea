package org.jbuildkit.cli.template;

import org.jbuildkit.base.GoQuote;

/** Says where in a template execution went wrong. */
final class Failures {
  private final String name;
  private final String text;
  private String executing;
  private Node node = new Node.Dot(0);

  Failures(String name, String text) {
    this.name = name;
    this.text = text;
    this.executing = name;
  }

  void at(Node current) {
    this.node = current;
  }

  /** Enters a template; the result is the one left. */
  String enter(String template) {
    var before = executing;
    executing = template;
    return before;
  }

  void leave(String template) {
    executing = template;
  }

  TemplateException error(String message) {
    var before = text.substring(0, Math.min(node.position(), text.length()));
    int line = 1 + (int) before.chars().filter(c -> c == '\n').count();
    int column =
        before
            .substring(before.lastIndexOf('\n') + 1)
            .getBytes(java.nio.charset.StandardCharsets.UTF_8)
            .length;
    return new TemplateException(
        "template: "
            + name
            + ":"
            + line
            + ":"
            + column
            + ": executing "
            + GoQuote.quote(executing)
            + " at <"
            + node.shown()
            + ">: "
            + message);
  }
}
