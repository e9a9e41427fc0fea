package org.jbuildkit.buildctl.build;

import java.util.List;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.cli.CsvFields;

/** What {@code --allow} may grant. */
final class Entitlements {
  private Entitlements() {}

  /** Refuses what no daemon knows. */
  static void check(List<String> values) {
    for (var value : values) {
      if (value.startsWith("device=")) {
        checkDevice(value.substring("device=".length()));
      } else if (!List.of("network.host", "security.insecure", "device").contains(value)) {
        throw BuildException.failed("unknown entitlement " + value);
      }
    }
  }

  private static void checkDevice(String config) {
    var fields = CsvFields.parse(config);
    for (var field : fields.subList(Math.min(1, fields.size()), fields.size())) {
      int equals = field.indexOf('=');
      if (equals < 0) {
        throw BuildException.failed("invalid device config \"" + field + "\"");
      }
      if (!field.substring(0, equals).equals("alias")) {
        throw BuildException.failed(
            "unknown device config key \"" + field.substring(0, equals) + "\"");
      }
    }
  }
}
