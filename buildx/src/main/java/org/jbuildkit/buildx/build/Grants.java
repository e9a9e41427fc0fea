package org.jbuildkit.buildx.build;

import java.util.ArrayList;
import java.util.List;
import org.jbuildkit.base.BuildException;

/**
 * What {@code --allow} grants.
 *
 * @param entitlements for the daemon
 * @param mayDelete whether outputs may remove files outside of the working directory
 */
record Grants(List<String> entitlements, boolean mayDelete) {
  private static final String DELETE = "buildx.local.delete";
  private static final List<String> KNOWN = List.of("network.host", "security.insecure", "device");

  static Grants parse(List<String> values) {
    var entitlements = new ArrayList<String>();
    boolean delete = false;
    for (var value : values) {
      if (value.equals(DELETE)) {
        delete = true;
      } else if (value.startsWith(DELETE + "=")) {
        throw BuildException.failed(DELETE + " does not accept a value");
      } else if (KNOWN.contains(value) || value.startsWith("device=")) {
        entitlements.add(value);
      } else {
        throw BuildException.failed("unknown entitlement " + value);
      }
    }
    return new Grants(entitlements, delete);
  }
}
