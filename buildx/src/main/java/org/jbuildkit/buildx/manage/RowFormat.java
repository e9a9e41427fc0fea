package org.jbuildkit.buildx.manage;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.cli.TextTable;

/**
 * A listing's {@code --format}: text with fields such as {@code {{.Name}}}.
 *
 * @param isTable whether columns are laid out below headers
 */
record RowFormat(String template, boolean isTable) {
  private static final Pattern FIELD = Pattern.compile("\\{\\{\\s*\\.([A-Za-z]+)\\s*\\}\\}");
  private static final String TABLE = "table";

  /**
   * @param preset the template of {@code table}
   */
  static RowFormat parse(String format, String preset) {
    if (format.isEmpty() || format.equals(TABLE)) {
      return new RowFormat(preset, true);
    }
    boolean table = format.startsWith(TABLE + " ");
    var text = (table ? format.substring(TABLE.length()) : format).trim();
    return new RowFormat(text.replace("\\t", "\t").replace("\\n", "\n"), table);
  }

  /** The fields in the order in which they appear. */
  private List<String> fields() {
    var fields = new ArrayList<String>();
    var matcher = FIELD.matcher(template);
    while (matcher.find()) {
      fields.add(matcher.group(1));
    }
    return fields;
  }

  private String fill(UnaryOperator<String> values) {
    return FIELD
        .matcher(template)
        .replaceAll(
            match -> java.util.regex.Matcher.quoteReplacement(values.apply(match.group(1))));
  }

  /**
   * Prints rows.
   *
   * @param headers of the fields that there are
   */
  void print(Map<String, String> headers, List<Map<String, String>> rows, PrintStream out) {
    for (var field : fields()) {
      if (!headers.containsKey(field)) {
        throw BuildException.failed("template parsing error: can't evaluate field " + field);
      }
    }
    if (FIELD.matcher(template).replaceAll("").contains("{{")) {
      throw BuildException.failed(
          "template parsing error: only fields such as {{.%s}} are supported"
              .formatted(headers.keySet().iterator().next()));
    }
    if (!isTable) {
      rows.forEach(row -> out.println(fill(field -> row.getOrDefault(field, ""))));
      return;
    }
    var table = TextTable.wide(out);
    table.line(fill(field -> headers.getOrDefault(field, "")));
    rows.forEach(row -> table.line(fill(field -> row.getOrDefault(field, ""))));
    table.flush();
  }
}
