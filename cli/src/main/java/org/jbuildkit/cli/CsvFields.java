package org.jbuildkit.cli;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;

/** One record of comma-separated fields, as option values have them. */
public final class CsvFields {
  private CsvFields() {}

  /**
   * Splits a record; a field in quotes may hold commas, and {@code ""} is a quote.
   *
   * @throws UsageException with the reader's text
   */
  public static List<String> parse(String record) {
    var line = record.endsWith("\n") ? record.substring(0, record.length() - 1) : record;
    if (line.isEmpty()) {
      throw new UsageException("EOF");
    }
    var fields = new ArrayList<String>();
    int i = 0;
    while (true) {
      var field = new StringBuilder();
      if (i < line.length() && line.charAt(i) == '"') {
        i = quoted(line, i, field);
      } else {
        int comma = line.indexOf(',', i);
        int end = comma < 0 ? line.length() : comma;
        int quote = line.indexOf('"', i);
        if (quote >= 0 && quote < end) {
          throw error(line, quote, "bare \" in non-quoted-field");
        }
        field.append(line, i, end);
        i = end;
      }
      fields.add(field.toString());
      if (i >= line.length()) {
        return fields;
      }
      i++;
    }
  }

  private static int quoted(String line, int start, StringBuilder field) {
    int i = start + 1;
    while (true) {
      int quote = line.indexOf('"', i);
      if (quote < 0) {
        throw error(line, start + 1, "extraneous or missing \" in quoted-field");
      }
      field.append(line, i, quote);
      i = quote + 1;
      if (i >= line.length() || line.charAt(i) == ',') {
        return i;
      }
      if (line.charAt(i) != '"') {
        throw error(line, quote, "extraneous or missing \" in quoted-field");
      }
      field.append('"');
      i++;
    }
  }

  private static UsageException error(String line, int at, String problem) {
    int column = line.substring(0, at).getBytes(StandardCharsets.UTF_8).length + 1;
    return new UsageException("parse error on line 1, column " + column + ": " + problem);
  }

  /** Fields {@code key=value} as a map: keys in lower case, the last of a repeated one counts. */
  public static SequencedMap<String, String> attributes(String record) {
    var attributes = new LinkedHashMap<String, String>();
    for (var field : parse(record)) {
      int equals = field.indexOf('=');
      if (equals < 0) {
        throw new UsageException("invalid value " + field);
      }
      attributes.put(
          field.substring(0, equals).toLowerCase(Locale.ROOT), field.substring(equals + 1));
    }
    return attributes;
  }
}
