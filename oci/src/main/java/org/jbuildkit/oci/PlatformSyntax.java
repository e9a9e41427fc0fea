package org.jbuildkit.oci;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jbuildkit.base.BuildException;

/** The text form of platforms, with containerd's grammar and error texts. */
final class PlatformSyntax {
  private static final int MAX_LENGTH = 1024;
  private static final String OS_GRAMMAR =
      "^([A-Za-z0-9_-]+)(?:\\(([A-Za-z0-9_.%-]*)((?:\\+[A-Za-z0-9_.%-]+)*)\\))?$";
  private static final Pattern OS = Pattern.compile(OS_GRAMMAR);
  private static final Pattern PART = Pattern.compile("^[A-Za-z0-9_.-]+$");
  private static final Set<String> KNOWN_OS =
      Set.of(
          "aix",
          "android",
          "darwin",
          "dragonfly",
          "freebsd",
          "hurd",
          "illumos",
          "ios",
          "js",
          "linux",
          "nacl",
          "netbsd",
          "openbsd",
          "plan9",
          "solaris",
          "windows",
          "zos");
  private static final Set<String> KNOWN_ARCH =
      Set.of(
          "386",
          "amd64",
          "amd64p32",
          "arm",
          "armbe",
          "arm64",
          "arm64be",
          "ppc64",
          "ppc64le",
          "loong64",
          "mips",
          "mipsle",
          "mips64",
          "mips64le",
          "mips64p32",
          "mips64p32le",
          "ppc",
          "riscv",
          "riscv64",
          "s390",
          "s390x",
          "sparc",
          "sparc64",
          "wasm");

  private PlatformSyntax() {}

  static Platform parse(String text) {
    if (text.indexOf('*') >= 0) {
      throw invalid("%s: wildcards not yet supported".formatted(quote(text)));
    }
    if (text.length() > MAX_LENGTH) {
      throw invalid("platform specifier is too long");
    }
    var parts = text.split("/", 4);
    var os = OS.matcher(parts[0]);
    if (!os.matches()) {
      throw invalid(
          "%s is an invalid OS component of %s: OSAndVersion specifier component must match %s"
              .formatted(quote(parts[0]), quote(text), quote(OS_GRAMMAR)));
    }
    for (int i = 1; i < parts.length; i++) {
      if (!PART.matcher(parts[i]).matches()) {
        throw invalid(
            "%s is an invalid component of %s: platform specifier component must match %s"
                .formatted(quote(parts[i]), quote(text), quote(PART.pattern())));
      }
    }
    var version = os.group(2) == null ? "" : decode(os.group(2));
    var features = os.group(3) == null ? List.<String>of() : features(os.group(3));
    return switch (parts.length) {
      case 1 -> parseOne(text, os.group(1), version, features);
      case 2 -> unspecific(new Platform(os.group(1), parts[1], "", version, features));
      case 3 -> specific(new Platform(os.group(1), parts[1], parts[2], version, features));
      default -> throw invalid("%s: cannot parse platform specifier".formatted(quote(text)));
    };
  }

  /** Normalised, but without the usual variant, which nobody wrote. */
  private static Platform unspecific(Platform written) {
    var platform = written.normalized();
    boolean isUsual = platform.architecture().equals("arm") && platform.variant().equals("v7");
    return isUsual ? platform.withVariant("") : platform;
  }

  /** Normalised, but with the usual variant, which somebody wrote. */
  private static Platform specific(Platform written) {
    var platform = written.normalized();
    boolean isUsual = platform.architecture().equals("arm64") && platform.variant().isEmpty();
    return isUsual ? platform.withVariant("v8") : platform;
  }

  private static Platform parseOne(
      String text, String word, String version, List<String> features) {
    var host = Platform.host();
    var os = new Platform(word, "", "").normalized().os();
    if (KNOWN_OS.contains(os)) {
      return unspecific(new Platform(os, host.architecture(), host.variant(), version, features));
    }
    var platform = unspecific(new Platform(host.os(), text, ""));
    if (!KNOWN_ARCH.contains(platform.architecture())) {
      throw invalid("%s: unknown operating system or architecture".formatted(quote(text)));
    }
    return platform;
  }

  private static List<String> features(String text) {
    var features = new ArrayList<String>();
    for (var word : text.split("\\+", -1)) {
      if (!word.isEmpty()) {
        features.add(decode(word));
      }
    }
    return features;
  }

  private static String decode(String option) {
    try {
      return URLDecoder.decode(option, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw BuildException.failed("invalid platform option " + quote(option), e);
    }
  }

  private static String encode(String option) {
    return option
        .replace("%", "%25")
        .replace("+", "%2B")
        .replace("(", "%28")
        .replace(")", "%29")
        .replace("/", "%2F");
  }

  static String formatAll(Platform platform) {
    if (platform.os().isEmpty()) {
      return "unknown";
    }
    var options = new StringBuilder(encode(platform.osVersion()));
    platform.osFeatures().stream()
        .filter(feature -> !feature.isEmpty())
        .distinct()
        .sorted()
        .forEach(feature -> options.append('+').append(encode(feature)));
    var os = options.isEmpty() ? platform.os() : platform.os() + "(" + options + ")";
    return join(os, platform);
  }

  static String join(String os, Platform platform) {
    var text = new StringBuilder(os);
    for (var part : List.of(platform.architecture(), platform.variant())) {
      if (!part.isEmpty()) {
        text.append('/').append(part);
      }
    }
    return text.toString();
  }

  private static String quote(String text) {
    return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }

  private static BuildException invalid(String message) {
    return BuildException.invalid(message + ": invalid argument");
  }
}
