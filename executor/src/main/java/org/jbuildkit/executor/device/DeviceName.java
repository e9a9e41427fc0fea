package org.jbuildkit.executor.device;

/** The grammar of {@code VENDOR/CLASS=NAME}. */
final class DeviceName {
  private DeviceName() {}

  /**
   * @throws IllegalArgumentException unless it is {@code VENDOR/CLASS}
   */
  static void checkKind(String kind) {
    int slash = kind.indexOf('/');
    if (slash <= 0
        || !kind.substring(0, slash).matches("[A-Za-z]([A-Za-z0-9_.-]*[A-Za-z0-9])?")
        || !kind.substring(slash + 1).matches("[A-Za-z]([A-Za-z0-9_-]*[A-Za-z0-9])?")) {
      throw new IllegalArgumentException("invalid kind \"" + kind + "\"");
    }
  }

  /**
   * @throws IllegalArgumentException for what can't be a device's name
   */
  static void checkName(String name) {
    if (!name.matches("[A-Za-z0-9]([A-Za-z0-9_.:-]*[A-Za-z0-9])?")) {
      throw new IllegalArgumentException("invalid device name \"" + name + "\"");
    }
  }
}
