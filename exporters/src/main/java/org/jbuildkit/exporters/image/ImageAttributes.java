package org.jbuildkit.exporters.image;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SequencedMap;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.oci.compress.Compression;

/** Reads an image exporter's attributes one by one; what is left over is metadata. */
final class ImageAttributes {
  private final LinkedHashMap<String, String> left;

  ImageAttributes(Map<String, String> attributes) {
    this.left = new LinkedHashMap<>(attributes);
  }

  ImageOptions parse(ImageOptions.Kind kind) {
    boolean isImage = kind == ImageOptions.Kind.IMAGE;
    var names = text("name");
    boolean ociTypes = flag("oci-mediatypes", true, false);
    boolean ociArtifact = flag("oci-artifact", ociTypes, false);
    if (ociArtifact && !ociTypes) {
      throw conflict("oci-artifact=true");
    }
    boolean inline = flag("attestation-inline", isImage, false);
    boolean keepForeign = flag("prefer-nondist-layers", false, false);
    var epoch = ImageOptions.Epoch.parse(Optional.ofNullable(left.remove("source-date-epoch")));
    boolean rewrite = flag("rewrite-timestamp", false, false);
    var compression = compression(ociTypes);
    boolean force = forced();
    var level = level();
    var annotations = annotations();
    var push = isImage ? pushOptions() : unpushed();
    boolean asTar = isImage || flag("tar", true, true);
    return new ImageOptions(
        names,
        ociTypes,
        ociArtifact,
        inline,
        keepForeign,
        epoch,
        rewrite,
        compression,
        force,
        level,
        annotations,
        push,
        asTar,
        rest());
  }

  private SequencedMap<String, String> rest() {
    return new LinkedHashMap<>(left);
  }

  private static BuildException conflict(String option) {
    return BuildException.failed(
        "exporter option \"%s\" conflicts with \"oci-mediatypes=false\"".formatted(option));
  }

  private String text(String key) {
    var value = left.remove(key);
    return value == null ? "" : value;
  }

  private boolean flag(String key, boolean missing, boolean emptyIsTrue) {
    var value = left.remove(key);
    if (value == null) {
      return missing;
    }
    if (value.isEmpty() && emptyIsTrue) {
      return true;
    }
    return bool(value, "non-bool value specified for " + key);
  }

  private static boolean bool(String value, String failure) {
    return switch (value) {
      case "1", "t", "T", "TRUE", "true", "True" -> true;
      case "0", "f", "F", "FALSE", "false", "False" -> false;
      default ->
          throw BuildException.failed(
              failure + ": strconv.ParseBool: parsing \"" + value + "\": invalid syntax");
    };
  }

  private Compression compression(boolean ociTypes) {
    var value = left.remove("compression");
    if (value == null) {
      return Compression.GZIP;
    }
    if (value.equals("estargz") && !ociTypes) {
      throw conflict("compression=estargz");
    }
    return Compression.parse(value);
  }

  private boolean forced() {
    var value = left.remove("force-compression");
    if (value == null) {
      return false;
    }
    return value.isEmpty()
        || bool(value, "non-bool value " + value + " specified for force-compression");
  }

  private OptionalLong level() {
    var value = left.remove("compression-level");
    if (value == null) {
      return OptionalLong.empty();
    }
    try {
      return OptionalLong.of(Long.parseLong(value));
    } catch (NumberFormatException e) {
      throw new BuildException(
          org.jbuildkit.base.ErrorCode.UNKNOWN,
          "non-integer value %s specified for compression-level: ".formatted(value)
              + "strconv.ParseInt: parsing \"%s\": invalid syntax".formatted(value),
          e);
    }
  }

  private Annotations annotations() {
    var entries = new ArrayList<Annotations.Entry>();
    left.forEach((key, value) -> Annotations.parse(key, value).ifPresent(entries::add));
    left.keySet().removeIf(key -> Annotations.parse(key, "").isPresent());
    return new Annotations(entries);
  }

  private ImageOptions.PushOptions pushOptions() {
    return new ImageOptions.PushOptions(
        flag("push", false, true),
        flag("push-by-digest", false, true),
        flag("registry.insecure", false, true),
        flag("unpack", false, true),
        flag("store", true, true),
        flag("name-canonical", false, true),
        text("dangling-name-prefix"),
        flag("danging-name-empty-only", false, true));
  }

  private static ImageOptions.PushOptions unpushed() {
    return new ImageOptions.PushOptions(false, false, false, false, false, false, "", false);
  }
}
