package org.jbuildkit.exporters.image;

import java.util.ArrayList;
import java.util.List;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.oci.ImageReference;

/** The names that an image is written under. */
public final class ImageNames {
  private ImageNames() {}

  /**
   * Full names with tags.
   *
   * @param list comma-separated, may be empty
   * @throws BuildException {@code failed to parse NAME: …}
   */
  public static List<ImageReference> parse(String list) {
    var names = new ArrayList<ImageReference>();
    if (list.isEmpty()) {
      return names;
    }
    for (var name : list.split(",", -1)) {
      try {
        names.add(ImageReference.parse(name).withDefaultTag());
      } catch (BuildException e) {
        throw e.within("failed to parse " + name);
      }
    }
    return names;
  }

  /** The list as a response has it. */
  public static String join(List<ImageReference> names) {
    return String.join(",", names.stream().map(ImageReference::toString).toList());
  }
}
