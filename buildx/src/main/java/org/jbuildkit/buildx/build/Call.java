package org.jbuildkit.buildx.build;

import org.jbuildkit.base.BuildException;
import org.jbuildkit.cli.CsvFields;
import org.jbuildkit.cli.GoValues;

/**
 * What is asked of the frontend instead of a build.
 *
 * @param name empty for a build
 * @param isJson whether the answer is shown as the frontend's JSON
 * @param ignoresStatus whether the process's status says nothing of the answer
 */
record Call(String name, boolean isJson, boolean ignoresStatus) {
  static final Call BUILD = new Call("", false, false);

  static Call parse(String value) {
    if (value.isEmpty()) {
      return BUILD;
    }
    var name = "";
    boolean json = false;
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
        case "format" -> json = text.equals("json");
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
      case "check" -> new Call("lint", json, ignore);
      default -> new Call(name, json, ignore);
    };
  }

  boolean isBuild() {
    return name.isEmpty();
  }
}
