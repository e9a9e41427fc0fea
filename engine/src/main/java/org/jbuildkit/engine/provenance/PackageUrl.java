package org.jbuildkit.engine.provenance;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jbuildkit.oci.ImageReference;
import org.jbuildkit.oci.Platform;

/** Images as package URLs. */
public final class PackageUrl {
  private static final String UNESCAPED = "-_.~:@&=+$";

  private PackageUrl() {}

  /**
   * The URL of an image; without tag and digest it is the latest.
   *
   * @param type {@code docker}, or {@code oci} for layouts
   */
  public static String ofImage(String type, String reference, Optional<Platform> platform) {
    var qualifiers = new ArrayList<String>();
    var image = image(reference, qualifiers);
    platform.ifPresent(known -> qualifiers.add("platform=" + escaped(known.format())));
    return url(type, image, qualifiers);
  }

  static String ofBlob(String type, String reference) {
    var qualifiers = new ArrayList<String>();
    var image = image(reference, qualifiers);
    qualifiers.add("ref_type=blob");
    return url(type, image, qualifiers);
  }

  private static ImageReference image(String reference, List<String> qualifiers) {
    var image = ImageReference.parse(reference);
    image.digest().ifPresent(digest -> qualifiers.add("digest=" + escaped(digest.toString())));
    return image.withDefaultTag();
  }

  private static String url(String type, ImageReference image, List<String> qualifiers) {
    var url = new StringBuilder("pkg:" + type);
    for (var part : image.familiarName().split("/", -1)) {
      url.append('/').append(URLEncoder.encode(part, StandardCharsets.UTF_8));
    }
    if (!image.tag().isEmpty()) {
      url.append('@').append(escaped(image.tag()));
    }
    if (!qualifiers.isEmpty()) {
      url.append('?').append(String.join("&", qualifiers));
    }
    return url.toString();
  }

  /** As a part of a URL's path. */
  private static String escaped(String text) {
    var escaped = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xFF);
      boolean isPlain = c < 128 && (Character.isLetterOrDigit(c) || UNESCAPED.indexOf(c) >= 0);
      escaped.append(isPlain ? String.valueOf(c) : "%%%02X".formatted((int) c));
    }
    return escaped.toString();
  }
}
