package org.jbuildkit.base;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** One record of comma-separated fields, as Go's {@code encoding/csv} reads it. */
public final class CsvRecord {
  private CsvRecord() {}

  /**
   * Splits a record; a field in quotes may hold commas, and {@code ""} is a quote.
   *
   * @throws IllegalArgumentException with the reader's text: {@code EOF}, {@code parse error on
   *     line 1, …}
   */
  public static List<String> parse(String record) {
    var line = record.endsWith("\n") ? record.substring(0, record.length() - 1) : record;
    if (line.isEmpty()) {
      throw new IllegalArgumentException("EOF");
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
        int quote = line.indexOf('"', i, end);
        if (quote >= 0) {
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

  private static IllegalArgumentException error(String line, int at, String problem) {
    int column = line.substring(0, at).getBytes(StandardCharsets.UTF_8).length + 1;
    return new IllegalArgumentException("parse error on line 1, column " + column + ": " + problem);
  }
}
