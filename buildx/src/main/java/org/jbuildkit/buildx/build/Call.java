package org.jbuildkit.buildx.build;

import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorDetail;
import org.jbuildkit.cli.CsvFields;
import org.jbuildkit.cli.GoValues;

/**
 * What is asked of the frontend instead of a build.
 *
 * @param name empty for a build
 * @param format which of the frontend's answers is shown
 * @param ignoresStatus whether the process's status says nothing of the answer
 */
record Call(String name, Format format, boolean ignoresStatus) {
  static final Call BUILD = new Call("", Format.TEXT, false);

  /** A request that only our own frontend knows. */
  static final String EXPLAIN = "explain";

  /** How an answer is shown. */
  enum Format {
    TEXT,
    JSON,
    SVG
  }

  static Call parse(String value) {
    if (value.isEmpty()) {
      return BUILD;
    }
    var name = "";
    var format = "";
    boolean ignore = false;
    for (var field : CsvFields.parse(value)) {
      int equals = field.indexOf('=');
      if (equals < 0) {
        if (!name.isEmpty()) {
          throw BuildException.failed("invalid print value: " + value);
        }
        name = field;
        continue;
      }
      var text = field.substring(equals + 1);
      switch (field.substring(0, equals)) {
        case "format" -> format = text;
        case "ignorestatus" ->
            ignore =
                GoValues.parseBool(text)
                    .orElseThrow(() ->
                        BuildException.failed(
                            "invalid ignorestatus print value: %s: strconv.ParseBool: parsing"
                                    .formatted(text)
                                + " \"%s\": invalid syntax".formatted(text)));
        default -> throw BuildException.failed("invalid print field: " + field);
      }
    }
    return switch (name) {
      case "build" -> BUILD;
      case "check" -> new Call("lint", format(name, format), ignore);
      default -> new Call(name, format(name, format), ignore);
    };
  }

  /** For what upstream has as well an unknown format is text. */
  private static Format format(String name, String format) {
    if (format.equals("json")) {
      return Format.JSON;
    }
    if (!name.equals(EXPLAIN)) {
      return Format.TEXT;
    }
    return switch (format) {
      case "", "text" -> Format.TEXT;
      case "svg" -> Format.SVG;
      default ->
          throw BuildException.failed(
              "invalid explain format: %s, expected text, json or svg".formatted(format));
    };
  }

  /** An error of this call, which for what upstream's frontends lack tells who has it. */
  BuildException hinted(BuildException error) {
    boolean isUnknown =
        error.details().stream().anyMatch(ErrorDetail.UnsupportedSubrequest.class::isInstance);
    return isUnknown && name.equals(EXPLAIN)
        ? error.followedBy(
            "\nonly the Dockerfile frontend of jbuildkit explains builds: use a builder whose"
                + " daemon is jbuildkit's, or its frontend image as BUILDKIT_SYNTAX")
        : error;
  }

  boolean isBuild() {
    return name.isEmpty();
  }
}
