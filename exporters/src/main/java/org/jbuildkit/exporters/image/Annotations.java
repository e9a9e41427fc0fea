package org.jbuildkit.exporters.image;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.oci.Platform;

/**
 * Annotations asked for by {@code annotation-TYPE[PLATFORM].KEY} attributes.
 *
 * @param entries later ones override earlier ones of the same place and key
 */
record Annotations(List<Entry> entries) {
  private static final int MAX_KEY = 4096;
  private static final Pattern GRAMMAR =
      Pattern.compile("^annotation(?:-([a-z-]+))?(?:\\[([A-Za-z0-9_/-]+)\\])?\\.(\\S+)$");

  /** The document that takes an annotation. */
  enum Place {
    MANIFEST,
    MANIFEST_DESCRIPTOR,
    INDEX,
    INDEX_DESCRIPTOR
  }

  /**
   * @param platform key of the platform it is for, empty for all
   */
  record Entry(Place place, String platform, String key, String value) {}

  Annotations {
    entries = List.copyOf(entries);
  }

  /** The annotation of an attribute; empty if the name is none of one. */
  static Optional<Entry> parse(String name, String value) {
    if (!name.startsWith("annotation") || name.length() > MAX_KEY) {
      return Optional.empty();
    }
    var match = GRAMMAR.matcher(name);
    if (!match.matches()) {
      return Optional.empty();
    }
    var type = match.group(1) == null ? "manifest" : match.group(1);
    var place =
        switch (type) {
          case "manifest" -> Place.MANIFEST;
          case "manifest-descriptor" -> Place.MANIFEST_DESCRIPTOR;
          case "index" -> Place.INDEX;
          case "index-descriptor" -> Place.INDEX_DESCRIPTOR;
          default -> throw BuildException.failed("unrecognized annotation type " + type);
        };
    var platform = match.group(2) == null ? "" : Platform.parse(match.group(2)).formatAll();
    return Optional.of(new Entry(place, platform, match.group(3), value));
  }

  /** These and others, which override them. */
  Annotations overriddenBy(List<Entry> others) {
    var all = new ArrayList<>(entries);
    all.addAll(others);
    return new Annotations(all);
  }

  /** Those of one platform's manifest or its descriptor. */
  SequencedMap<String, String> of(Place place, String platform) {
    var found = new TreeMap<String, String>();
    collect(found, place, "");
    if (!platform.isEmpty()) {
      collect(found, place, platform);
    }
    return new LinkedHashMap<>(found);
  }

  private void collect(Map<String, String> found, Place place, String platform) {
    for (var entry : entries) {
      if (entry.place() == place && entry.platform().equals(platform)) {
        found.put(entry.key(), entry.value());
      }
    }
  }

  /** Those of the index or its descriptor, of whatever platform. */
  SequencedMap<String, String> ofIndex(Place place) {
    var found = new TreeMap<String, String>();
    for (var entry : entries) {
      if (entry.place() == place) {
        found.put(entry.key(), entry.value());
      }
    }
    return new LinkedHashMap<>(found);
  }

  /** Fails if a platform is meant that the result does not have. */
  void requirePlatforms(List<String> known) {
    for (var entry : entries) {
      if (!entry.platform().isEmpty() && !known.contains(entry.platform())) {
        throw BuildException.failed(
            "invalid annotation: no platform %s found in source".formatted(entry.platform()));
      }
    }
  }

  /** Fails for places that Docker's documents don't have. */
  void requireManifestOnly() {
    for (var entry : entries) {
      if (entry.place() != Place.MANIFEST) {
        throw BuildException.failed("cannot export annotations with \"oci-mediatypes=false\"");
      }
    }
  }
}
