package org.jbuildkit.buildctl.daemon;

import java.io.PrintStream;
import java.util.Optional;
import org.jbuildkit.cli.Flag;
import org.jbuildkit.cli.Invocation;
import org.jbuildkit.cli.template.Template;
import org.jbuildkit.cli.template.Value;

/** What {@code --format} asks for. */
public final class OutputFormat {
  public static final Flag FLAG =
      Flag.text("print with a template in Go's language, such as '{{json .}}'", "format");
  private static final String JSON = "json";

  private final Template template;

  private OutputFormat(Template template) {
    this.template = template;
  }

  /** The format asked for, if any. */
  public static Optional<OutputFormat> of(Invocation invocation) {
    var text = invocation.text(FLAG.name());
    if (text.isEmpty()) {
      return Optional.empty();
    }
    var template = text.equals(JSON) ? "{{json .}}" : text;
    return Optional.of(new OutputFormat(Template.parse("", template, Template.json())));
  }

  /** Prints a value and a line end. */
  public void print(Value value, PrintStream out) {
    out.print(template.execute(value) + "\n");
    out.flush();
  }
}
