package org.jbuildkit.buildx.build;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.buildx.driver.Builder;
import org.jbuildkit.buildx.store.StoredNode;
import org.jbuildkit.cli.Invocation;
import org.jbuildkit.oci.ImageReference;
import org.jbuildkit.oci.Platform;

/** Platforms and names of the image, and which node builds it. */
final class Platforms {
  private Platforms() {}

  /** The platforms that are asked for, each once, in their one spelling. */
  static List<String> parse(Invocation flags) {
    var values = flags.isSet("platform") ? flags.list("platform") : List.of(flags.text("platform"));
    var platforms = new LinkedHashSet<String>();
    for (var value : values) {
      for (var text : value.split(",", -1)) {
        if (!text.isBlank()) {
          platforms.add(parse(text.trim()).formatAll());
        }
      }
    }
    return List.copyOf(platforms);
  }

  private static Platform parse(String text) {
    return text.equalsIgnoreCase("local") ? Platform.host() : Platform.parse(text);
  }

  /** The names, none of them empty; they stay as they were written. */
  static List<String> tags(List<String> values) {
    var tags = new ArrayList<String>();
    for (var value : values) {
      if (!value.isEmpty()) {
        try {
          var _ = ImageReference.parse(value);
        } catch (BuildException e) {
          throw e.within("invalid tag \"" + value + "\"");
        }
        tags.add(value);
      }
    }
    return tags;
  }

  /**
   * The node that has all platforms that are asked for, or else the first one.
   *
   * @throws BuildException if it takes several nodes
   */
  static StoredNode node(Builder builder, Invocation flags) {
    var nodes = builder.nodes();
    if (nodes.isEmpty()) {
      throw BuildException.failed(
          "no valid drivers found: builder " + builder.name() + " is empty");
    }
    var chosen = new LinkedHashSet<StoredNode>();
    for (var text : parse(flags)) {
      var platform = Platform.parse(text);
      chosen.add(
          nodes.stream()
              .filter(node -> node.platformList().stream().anyMatch(platform::matches))
              .findFirst()
              .orElse(nodes.getFirst()));
    }
    if (chosen.size() > 1) {
      throw BuildException.failed(
          "building for platforms of several nodes at once is not supported: build for each"
              + " node's platforms on their own");
    }
    return chosen.isEmpty() ? nodes.getFirst() : chosen.getFirst();
  }
}
