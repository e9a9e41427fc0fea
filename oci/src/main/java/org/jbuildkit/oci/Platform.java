package org.jbuildkit.oci;

import java.util.List;
import java.util.Locale;
import org.jbuildkit.base.Json;

/** What a binary runs on, in the words of containerd's {@code platforms} package. */
public record Platform(
    String os, String architecture, String variant, String osVersion, List<String> osFeatures) {

  public Platform {
    osFeatures = List.copyOf(osFeatures);
  }

  public Platform(String os, String architecture, String variant) {
    this(os, architecture, variant, "", List.of());
  }

  /** The platform of this machine, normalised. */
  public static Platform host() {
    return new Platform("linux", System.getProperty("os.arch", "amd64"), "").normalized();
  }

  /**
   * Reads {@code os[(version+feature…)]/arch[/variant]} or one of the two alone; what is missing is
   * the host's. The result is normalised.
   *
   * @throws org.jbuildkit.base.BuildException with containerd's words for anything else
   */
  public static Platform parse(String text) {
    return PlatformSyntax.parse(text).normalized();
  }

  /**
   * The same, but with the variant that was written: {@code linux/arm} has none, {@code
   * linux/arm64/v8} has one.
   *
   * @throws org.jbuildkit.base.BuildException as {@link #parse}
   */
  public static Platform parseWritten(String text) {
    return PlatformSyntax.parse(text);
  }

  Platform withVariant(String other) {
    return new Platform(os, architecture, other, osVersion, osFeatures);
  }

  /** The same platform in its one spelling. */
  public Platform normalized() {
    var normalOs = os.isEmpty() ? "linux" : os.toLowerCase(Locale.ROOT);
    if (normalOs.equals("macos")) {
      normalOs = "darwin";
    }
    var arch = architecture.toLowerCase(Locale.ROOT);
    var form = variant.toLowerCase(Locale.ROOT);
    switch (arch) {
      case "i386" -> {
        arch = "386";
        form = "";
      }
      case "x86_64", "x86-64", "amd64" -> {
        arch = "amd64";
        form = form.equals("v1") ? "" : form;
      }
      case "aarch64", "arm64" -> {
        arch = "arm64";
        form = arm64Variant(form);
      }
      case "armhf" -> {
        arch = "arm";
        form = "v7";
      }
      case "armel" -> {
        arch = "arm";
        form = "v6";
      }
      case "arm" -> form = armVariant(form);
      default -> {}
    }
    return new Platform(
        normalOs, arch, form, osVersion, osFeatures.stream().distinct().sorted().toList());
  }

  private static String arm64Variant(String variant) {
    return switch (variant) {
      case "8", "v8", "v8.0" -> "";
      case "9", "9.0", "v9.0" -> "v9";
      default -> variant;
    };
  }

  private static String armVariant(String variant) {
    return switch (variant) {
      case "", "7" -> "v7";
      case "5", "6", "8" -> "v" + variant;
      default -> variant;
    };
  }

  /** {@code os/arch[/variant]}; {@code unknown} without an OS. */
  public String format() {
    return os.isEmpty() ? "unknown" : PlatformSyntax.join(os, this);
  }

  /** {@code os[(version+feature…)]/arch[/variant]}: the platform's key in results. */
  public String formatAll() {
    return PlatformSyntax.formatAll(this);
  }

  /**
   * Whether something made for {@code other} is made for exactly this, both normalised. {@link
   * PlatformMatcher} also knows what else runs here.
   */
  public boolean matches(Platform other) {
    var mine = normalized();
    var theirs = other.normalized();
    return mine.os().equals(theirs.os())
        && mine.architecture().equals(theirs.architecture())
        && mine.variant().equals(theirs.variant());
  }

  /** The JSON form, members in the order of Go's {@code v1.Platform}. */
  public Json.Obj toJson() {
    return Json.object()
        .put("architecture", architecture)
        .put("os", os)
        .putUnlessEmpty("os.version", osVersion)
        .putUnlessEmpty("os.features", osFeatures)
        .putUnlessEmpty("variant", variant)
        .build();
  }

  public static Platform fromJson(Json.Obj json) {
    return new Platform(
        json.text("os"),
        json.text("architecture"),
        json.text("variant"),
        json.text("os.version"),
        json.texts("os.features"));
  }

  @Override
  public String toString() {
    return format();
  }
}
