package org.jbuildkit.cli.template;

import java.util.HashMap;
import java.util.Map;
import org.jbuildkit.cli.template.Value.Text;

/** A parsed template, which may be executed any number of times. */
public final class Template {
  private final String name;
  private final String text;
  private final Map<String, Node.Block> templates;
  private final Map<String, Function> functions;

  private Template(
      String name,
      String text,
      Map<String, Node.Block> templates,
      Map<String, Function> functions) {
    this.name = name;
    this.text = text;
    this.templates = templates;
    this.functions = functions;
  }

  /**
   * Reads a template.
   *
   * @param name is part of messages; may be empty
   * @param more functions besides those of the language
   * @throws TemplateException where the text is none
   */
  public static Template parse(String name, String text, Map<String, Function> more) {
    var functions = new HashMap<>(Builtins.FUNCTIONS);
    functions.putAll(more);
    return new Template(name, text, Parser.parse(name, text, functions.keySet()), functions);
  }

  /**
   * What the template makes of a value.
   *
   * @throws TemplateException where it cannot be executed, with all that is wrong
   */
  public String execute(Value data) {
    var out = new StringBuilder();
    new Execution(name, text, templates, functions, out).run(name, data);
    return out.toString();
  }

  /** The function {@code json}: its argument as JSON without HTML escapes. */
  public static Map<String, Function> json() {
    return Map.of(
        "json",
        Function.of(
            arguments -> new Text(arguments.getFirst().toJson().writeWithoutHtmlEscapes()),
            Function.Kind.ANY));
  }
}
