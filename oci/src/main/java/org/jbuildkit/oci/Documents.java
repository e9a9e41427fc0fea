package org.jbuildkit.oci;

import java.util.ArrayList;
import java.util.List;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Json;

/**
 * Reading of image documents that come from outside: bounded in size, and never readable in two
 * ways.
 */
public final class Documents {
  /** The largest manifest, index or image config that is read, in bytes. */
  public static final int MAX_SIZE = 8 << 20;

  private Documents() {}

  /**
   * Refuses a document that is too large to be read.
   *
   * @throws BuildException before anything of that size is allocated
   */
  public static void checkSize(Descriptor descriptor) {
    if (descriptor.size() > MAX_SIZE) {
      throw BuildException.invalid(
          "%s %s of %d bytes is larger than %d"
              .formatted(descriptor.mediaType(), descriptor.digest(), descriptor.size(), MAX_SIZE));
    }
  }

  /**
   * Whether the document is an index; a manifest otherwise. The media type it states decides, then
   * the one under which it was found, then what it holds.
   *
   * @throws BuildException if it could be read both ways, or contradicts its media type
   */
  public static boolean isIndex(byte[] document, String foundAs) {
    var json = object(document, "image document");
    refuseAmbiguous(json);
    var stated = json.text("mediaType").isEmpty() ? foundAs : json.text("mediaType");
    boolean lists = json.get("manifests").isPresent();
    boolean contradicts =
        MediaType.isIndex(stated) ? isManifestLike(json) : MediaType.isManifest(stated) && lists;
    if (contradicts) {
      throw BuildException.invalid("image document contradicts its media type " + stated);
    }
    return MediaType.isIndex(stated) || (!MediaType.isManifest(stated) && lists);
  }

  private static boolean isManifestLike(Json.Obj json) {
    return json.get("layers").isPresent() || json.get("config").isPresent();
  }

  static void refuseAmbiguous(Json.Obj json) {
    if (json.get("manifests").isPresent() && isManifestLike(json)) {
      throw BuildException.invalid("image document is both manifest and index");
    }
  }

  static Json.Obj object(byte[] document, String what) {
    if (document.length > MAX_SIZE) {
      throw BuildException.invalid(what + " is larger than " + MAX_SIZE + " bytes");
    }
    try {
      return Json.parseObject(document);
    } catch (IllegalArgumentException e) {
      throw BuildException.failed("invalid " + what, e);
    }
  }

  static List<Descriptor> descriptors(Json.Obj json, String name, String what) {
    try {
      var found = new ArrayList<Descriptor>();
      for (var element : json.array(name)) {
        if (!(element instanceof Json.Obj one)) {
          throw new IllegalArgumentException(name + " holds something other than descriptors");
        }
        found.add(Descriptor.fromJson(one));
      }
      return found;
    } catch (IllegalArgumentException e) {
      throw BuildException.failed("invalid " + what, e);
    }
  }
}
