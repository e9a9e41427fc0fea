package org.jbuildkit.executor.device;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jbuildkit.base.Json;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * A file of devices, in JSON or YAML.
 *
 * @param kind {@code VENDOR/CLASS}
 * @param edits for each of its devices
 */
record DeviceSpec(
    String kind, Map<String, String> annotations, Json.Obj edits, List<Entry> devices) {
  private static final int MAX_SIZE = 4 << 20;

  /**
   * @param name without the kind
   */
  record Entry(String name, Map<String, String> annotations, Json.Obj edits) {}

  DeviceSpec {
    devices = List.copyOf(devices);
  }

  /**
   * @throws IllegalArgumentException for what is no such file
   */
  static DeviceSpec read(Path file) throws IOException {
    if (Files.size(file) > MAX_SIZE) {
      throw new IllegalArgumentException("larger than 4 MiB");
    }
    var text = Files.readString(file);
    var document = file.toString().endsWith(".json") ? Json.parse(text) : ofYaml(text);
    var spec = DeviceEdits.object(document);
    if (spec.text("cdiVersion").isEmpty()) {
      throw new IllegalArgumentException("missing CDI spec version");
    }
    var kind = spec.text("kind");
    DeviceName.checkKind(kind);
    var devices = new ArrayList<Entry>();
    for (var value : spec.array("devices")) {
      var device = DeviceEdits.object(value);
      DeviceName.checkName(device.text("name"));
      devices.add(
          new Entry(
              device.text("name"), device.textMap("annotations"), device.object("containerEdits")));
    }
    return new DeviceSpec(
        kind, spec.textMap("annotations"), spec.object("containerEdits"), devices);
  }

  private static Json ofYaml(String text) {
    try {
      return json(
          new Load(LoadSettings.builder().setMaxAliasesForCollections(50).build())
              .loadFromString(text));
    } catch (YamlEngineException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  private static Json json(@org.jspecify.annotations.Nullable Object value) {
    return switch (value) {
      case null -> new Json.Null();
      case Map<?, ?> map -> {
        var members = new LinkedHashMap<String, Json>();
        map.forEach((name, member) -> members.put(String.valueOf(name), json(member)));
        yield new Json.Obj(members);
      }
      case List<?> list -> new Json.Arr(list.stream().map(DeviceSpec::json).toList());
      case Boolean flag -> Json.of(flag);
      case Number number -> new Json.Num(new BigDecimal(number.toString()));
      default -> Json.of(value.toString());
    };
  }
}
