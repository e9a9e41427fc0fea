package org.jbuildkit.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.CsvRecord;

/** One record of comma-separated fields, as option values have them. */
public final class CsvFields {
  private CsvFields() {}

  /**
   * Splits a record; a field in quotes may hold commas, and {@code ""} is a quote.
   *
   * @throws UsageException with the reader's text
   */
  public static List<String> parse(String record) {
    try {
      return CsvRecord.parse(record);
    } catch (IllegalArgumentException e) {
      throw new UsageException(BuildException.describe(e));
    }
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
