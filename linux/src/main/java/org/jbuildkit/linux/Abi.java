package org.jbuildkit.linux;

/** Numbers that differ between the machine types that we run on. */
enum Abi {
  X86_64,
  AARCH64;

  static final Abi HERE = detect();

  private static Abi detect() {
    var arch = System.getProperty("os.arch");
    return switch (arch) {
      case "amd64", "x86_64" -> X86_64;
      case "aarch64" -> AARCH64;
      default -> throw new UnsupportedOperationException("unsupported machine type " + arch);
    };
  }

  /** One number of two. */
  static int pick(int x86, int arm) {
    return HERE == X86_64 ? x86 : arm;
  }
}
