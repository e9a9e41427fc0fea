package org.jbuildkit.dockerfile;

import java.util.Map;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.oci.Platform;

/** Tells what a step builds for, where that is not what it runs on. */
final class CrossBuild {
  private CrossBuild() {}

  /**
   * {@code ->arch} or {@code ->os/arch}, or nothing.
   *
   * @param variables of the stage, in the order of their last assignment
   */
  static String suffix(Platform base, Map<String, String> variables) {
    var os = "";
    var architecture = "";
    var variant = "";
    boolean isSet = false;
    for (var entry : variables.entrySet()) {
      switch (entry.getKey()) {
        case "TARGETPLATFORM" -> {
          try {
            return suffix(base, Platform.parse(entry.getValue()));
          } catch (BuildException _) {
            // The single variables may still tell.
          }
        }
        case "TARGETOS" -> {
          os = entry.getValue();
          isSet = true;
        }
        case "TARGETARCH" -> {
          architecture = entry.getValue();
          isSet = true;
        }
        case "TARGETVARIANT" -> {
          variant = entry.getValue();
          isSet = true;
        }
        default -> {}
      }
    }
    return isSet
        ? suffix(
            base,
            new Platform(
                os.isEmpty() ? base.os() : os,
                architecture.isEmpty() ? base.architecture() : architecture,
                variant))
        : "";
  }

  private static String suffix(Platform base, Platform target) {
    var normal = target.normalized();
    if (!normal.os().equals(base.os())) {
      return "->" + normal.formatAll();
    }
    if (normal.architecture().equals(base.architecture())) {
      return "";
    }
    var variant = normal.variant();
    return "->" + normal.architecture() + (variant.isEmpty() ? "" : "/" + variant);
  }
}
