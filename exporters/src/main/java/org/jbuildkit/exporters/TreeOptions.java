package org.jbuildkit.exporters;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.exporters.image.ImageOptions.Epoch;

/**
 * What a request asks of trees that are exported as files. Attributes that are no options are
 * passed over, as BuildKit does.
 *
 * @param splits whether each platform has a directory of its own; empty for where there are several
 * @param statementPrefix what names of files of statements begin with
 * @param deletes whether the destination is made equal to the result
 */
record TreeOptions(Optional<Boolean> splits, boolean deletes, Epoch epoch, String statementPrefix) {

  static TreeOptions parse(Map<String, String> attributes) {
    return new TreeOptions(
        splits(attributes),
        deletes(attributes.getOrDefault("mode", "")),
        Epoch.parse(Optional.ofNullable(attributes.get("source-date-epoch"))),
        attributes.getOrDefault("attestation-prefix", ""));
  }

  private static Optional<Boolean> splits(Map<String, String> attributes) {
    var text = attributes.get("platform-split");
    if (text == null) {
      return Optional.empty();
    }
    return switch (text) {
      case "1", "t", "T", "TRUE", "true", "True" -> Optional.of(true);
      case "0", "f", "F", "FALSE", "false", "False" -> Optional.of(false);
      default ->
          throw BuildException.invalid(
              "non-bool value for platform-split: %s: strconv.ParseBool: parsing \"%s\": invalid syntax"
                  .formatted(text, text));
    };
  }

  private static boolean deletes(String mode) {
    return switch (mode.trim().toLowerCase(Locale.ROOT)) {
      case "", "copy" -> false;
      case "delete" -> true;
      default -> throw BuildException.invalid("invalid local exporter mode \"" + mode + "\"");
    };
  }
}
