package org.jbuildkit.dockerfile;

import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ContainerPath;
import org.jbuildkit.base.GoQuote;

/** Paths of Windows images: on drive C, with either slash; vertices have plain slashes. */
final class WindowsPaths {
  private WindowsPaths() {}

  static String slashed(String path) {
    return path.replace('\\', '/');
  }

  static boolean isAbsolute(String path) {
    return slashed(path).startsWith("/") || path.matches("(?s)[A-Za-z]:[/\\\\].*");
  }

  /**
   * The path without its drive.
   *
   * @throws BuildException {@code removing drive letter: …}
   */
  static String withoutDrive(String path) {
    var plain = slashed(path);
    if (path.length() == 2 && path.charAt(1) == ':') {
      throw failure("No relative path specified in " + GoQuote.quote(path));
    }
    if (plain.startsWith("//")) {
      throw failure("UNC paths are not supported");
    }
    int colon = plain.indexOf(':');
    if (colon < 0) {
      // Upstream loses a separator at the end here.
      return plain.length() > 1 && plain.endsWith("/") && !plain.startsWith("/")
          ? plain.substring(0, plain.length() - 1)
          : plain;
    }
    if (!plain.substring(0, colon).equalsIgnoreCase("c")) {
      throw failure("The specified path is not on the system drive (C:)");
    }
    return plain.substring(colon + 1);
  }

  private static BuildException failure(String reason) {
    return BuildException.invalid("removing drive letter: " + reason);
  }

  /** A working directory, with plain slashes. */
  static String workingDirectory(String current, String path) {
    try {
      return new ContainerPath(slashed(current)).resolve(withoutDrive(path)).value();
    } catch (BuildException e) {
      throw e.within("normalizing workdir: normalizing working directory");
    }
  }
}
