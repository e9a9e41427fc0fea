package org.jbuildkit.buildx.manage;

import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.cli.TextTable;
import org.jbuildkit.cli.template.Template;
import org.jbuildkit.cli.template.TemplateException;
import org.jbuildkit.cli.template.TextFunctions;
import org.jbuildkit.cli.template.Value;

/**
 * A listing's {@code --format}: a template that is executed for each row.
 *
 * @param isTable whether columns are laid out below headers
 */
record RowFormat(Template template, boolean isTable) {
  private static final String TABLE = "table";
  private static final String TYPE = "*formatter.row";

  /**
   * @param preset the template of {@code table}
   */
  static RowFormat parse(String format, String preset) {
    if (format.isEmpty() || format.equals(TABLE)) {
      return new RowFormat(template(preset), true);
    }
    boolean table = format.startsWith(TABLE + " ");
    var text = (table ? format.substring(TABLE.length()) : format).trim();
    return new RowFormat(template(text.replace("\\t", "\t").replace("\\n", "\n")), table);
  }

  private static Template template(String text) {
    try {
      return Template.parse("", text, TextFunctions.all());
    } catch (TemplateException e) {
      throw BuildException.failed("template parsing error", e);
    }
  }

  private String fill(Map<String, String> headers, Map<String, String> values) {
    var fields = new LinkedHashMap<String, Value.Field>();
    for (var name : headers.keySet()) {
      var value = Value.of(values.getOrDefault(name, ""));
      fields.put(name, new Value.Field(value, name, false));
    }
    try {
      return template.execute(new Value.Struct(TYPE, fields));
    } catch (TemplateException e) {
      throw BuildException.failed("template parsing error", e);
    }
  }

  /**
   * Prints rows.
   *
   * @param headers of the fields that there are
   */
  void print(Map<String, String> headers, List<Map<String, String>> rows, PrintStream out) {
    if (!isTable) {
      rows.forEach(row -> out.println(fill(headers, row)));
      return;
    }
    var table = TextTable.wide(out);
    table.line(fill(headers, headers));
    rows.forEach(row -> table.line(fill(headers, row)));
    table.flush();
  }
}
