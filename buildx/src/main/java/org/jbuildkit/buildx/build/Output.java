package org.jbuildkit.buildx.build;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SequencedMap;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.cli.CsvFields;
import org.jbuildkit.cli.GoValues;
import org.jbuildkit.protocol.keys.ExporterKeys;

/**
 * One {@code --output}.
 *
 * @param destination of the result at the client; may be empty
 */
record Output(String type, SequencedMap<String, String> attributes, String destination) {
  static final String CACHE_ONLY = "cacheonly";

  static List<Output> parse(List<String> values) {
    var outputs = new ArrayList<Output>();
    for (var value : values) {
      if (!value.isEmpty()) {
        outputs.add(parse(value));
      }
    }
    return outputs;
  }

  private static Output parse(String value) {
    var fields = CsvFields.parse(value);
    if (fields.size() == 1 && fields.getFirst().equals(value) && !value.startsWith("type=")) {
      var type = value.equals("-") ? ExporterKeys.TYPE_TAR : ExporterKeys.TYPE_LOCAL;
      return new Output(type, new LinkedHashMap<>(), value);
    }
    var attributes = new LinkedHashMap<String, String>();
    for (var field : fields) {
      int equals = field.indexOf('=');
      if (equals < 0) {
        throw BuildException.failed("invalid value " + field);
      }
      attributes.put(
          field.substring(0, equals).trim().toLowerCase(Locale.ROOT), field.substring(equals + 1));
    }
    var type = Optional.ofNullable(attributes.remove("type")).orElse("");
    var destination = Optional.ofNullable(attributes.remove(ExporterKeys.DEST)).orElse("");
    if (type.isEmpty()) {
      throw BuildException.failed("type is required for output");
    }
    if (type.equals("registry")) {
      type = ExporterKeys.TYPE_IMAGE;
      attributes.putIfAbsent(ExporterKeys.PUSH, "true");
      attributes.putIfAbsent(ExporterKeys.UNPACK, "false");
    }
    return new Output(type, attributes, destination);
  }

  /** The outputs with those that {@code --push} adds or changes. */
  static List<Output> pushing(List<Output> outputs) {
    var all = new ArrayList<Output>();
    for (var output : outputs) {
      all.add(output.type.equals(ExporterKeys.TYPE_IMAGE) ? output.pushing() : output);
    }
    if (outputs.stream().noneMatch(output -> output.type.equals(ExporterKeys.TYPE_IMAGE))) {
      all.add(new Output(ExporterKeys.TYPE_IMAGE, new LinkedHashMap<>(), "").pushing());
    }
    return all;
  }

  /** The outputs with the one that {@code --load} adds. */
  static List<Output> loading(List<Output> outputs) {
    var all = new ArrayList<>(outputs);
    if (outputs.stream().noneMatch(Output::isLoaded)) {
      all.add(new Output(ExporterKeys.TYPE_DOCKER, new LinkedHashMap<>(), ""));
    }
    return all;
  }

  /** Whether the result goes into the user's Docker Engine. */
  boolean isLoaded() {
    return type.equals(ExporterKeys.TYPE_DOCKER) && destination.isEmpty() && !isLayoutFolder();
  }

  private Output pushing() {
    var changed = new LinkedHashMap<>(attributes);
    changed.put(ExporterKeys.PUSH, "true");
    changed.putIfAbsent(ExporterKeys.UNPACK, "false");
    return new Output(type, changed, destination);
  }

  boolean isPushing() {
    return flag(ExporterKeys.PUSH, false);
  }

  /** Whether it holds an image, which has names and annotations. */
  boolean isImage() {
    return switch (type) {
      case ExporterKeys.TYPE_IMAGE, ExporterKeys.TYPE_OCI, ExporterKeys.TYPE_DOCKER -> true;
      default -> false;
    };
  }

  /** Whether the result comes as a layout's blobs rather than as one stream. */
  boolean isLayoutFolder() {
    boolean archives = type.equals(ExporterKeys.TYPE_OCI) || type.equals(ExporterKeys.TYPE_DOCKER);
    return archives && !flag(ExporterKeys.TAR, true);
  }

  private boolean flag(String key, boolean preset) {
    return Optional.ofNullable(attributes.get(key)).flatMap(GoValues::parseBool).orElse(preset);
  }
}
