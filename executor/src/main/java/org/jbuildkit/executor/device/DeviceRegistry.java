package org.jbuildkit.executor.device;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Json;
import org.jbuildkit.engine.exec.Devices;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The devices that files in some folders describe. The files are read each time, as programs that
 * install devices write them while the daemon runs.
 *
 * @param folders a later one's devices take the place of an earlier one's; none where devices are
 *     switched off
 * @param allowed full names or kinds that any build may use
 */
public record DeviceRegistry(List<Path> folders, Set<String> allowed) implements Devices {
  private static final Logger LOG = LoggerFactory.getLogger(DeviceRegistry.class);
  private static final String CLASS = "org.mobyproject.buildkit.device.class";
  private static final String FREE = "org.mobyproject.buildkit.device.autoallow";

  public DeviceRegistry {
    folders = List.copyOf(folders);
    allowed = Set.copyOf(allowed);
  }

  /** A device as clients are told of it. */
  public record Device(String name, boolean isFree, Map<String, String> annotations) {}

  private record Known(DeviceSpec spec, DeviceSpec.Entry device) {
    Map<String, String> annotations() {
      var all = new LinkedHashMap<>(spec.annotations());
      all.putAll(device.annotations());
      return all;
    }
  }

  /** All devices, sorted by name. */
  public List<Device> list() {
    return devices().entrySet().stream()
        .map(entry ->
            new Device(
                entry.getKey(),
                isFree(entry.getKey(), entry.getValue()),
                entry.getValue().annotations()))
        .toList();
  }

  private TreeMap<String, Known> devices() {
    var all = new TreeMap<String, Known>();
    for (var folder : folders) {
      all.putAll(devices(folder));
    }
    return all;
  }

  /** Devices that are described twice in one folder are none: nobody knows which is meant. */
  private static TreeMap<String, Known> devices(Path folder) {
    var found = new TreeMap<String, Known>();
    var twice = new HashSet<String>();
    for (var file : files(folder)) {
      try {
        var spec = DeviceSpec.read(file);
        for (var device : spec.devices()) {
          var name = spec.kind() + "=" + device.name();
          if (found.putIfAbsent(name, new Known(spec, device)) != null) {
            twice.add(name);
          }
        }
      } catch (IOException | IllegalArgumentException e) {
        LOG.warn("CDI setup error {}: {}", file, BuildException.describe(e));
      }
    }
    twice.forEach(name -> LOG.warn("CDI setup error: conflicting device \"{}\"", name));
    found.keySet().removeAll(twice);
    return found;
  }

  private static List<Path> files(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (var files = Files.list(folder)) {
      return files
          .filter(file -> file.toString().matches(".*\\.(json|yaml|yml)"))
          .filter(Files::isRegularFile)
          .sorted()
          .toList();
    } catch (IOException e) {
      LOG.warn("CDI setup error {}: {}", folder, BuildException.describe(e));
      return List.of();
    }
  }

  @Override
  public List<String> find(String wanted, boolean optional) {
    int equals = wanted.indexOf('=');
    var kind = equals < 0 ? wanted : wanted.substring(0, equals);
    try {
      DeviceName.checkKind(kind);
    } catch (IllegalArgumentException e) {
      throw BuildException.failed("invalid device \"" + wanted + "\"", e);
    }
    var found = find(kind, equals < 0 ? "" : wanted.substring(equals + 1), devices());
    if (found.isEmpty() && !optional) {
      throw BuildException.failed("required device \"%s\" is not registered".formatted(wanted));
    }
    return found;
  }

  private static List<String> find(String kind, String name, TreeMap<String, Known> devices) {
    var ofKind = new ArrayList<>(devices.keySet());
    ofKind.removeIf(known -> !known.startsWith(kind + "="));
    if (name.isEmpty()) {
      return ofKind.stream().limit(1).toList();
    }
    if (name.equals("*")) {
      return ofKind;
    }
    if (ofKind.contains(kind + "=" + name)) {
      return List.of(kind + "=" + name);
    }
    ofKind.removeIf(known ->
        !name.equals(
            Optional.ofNullable(devices.get(known))
                .map(device -> device.annotations().get(CLASS))
                .orElse("")));
    return ofKind;
  }

  @Override
  public boolean isFree(String name) {
    var known = devices().get(name);
    return known != null && isFree(name, known);
  }

  private boolean isFree(String name, Known device) {
    return allowed.contains(name)
        || allowed.contains(device.spec().kind())
        || List.of("1", "t", "T", "true", "TRUE", "True")
            .contains(device.annotations().getOrDefault(FREE, ""));
  }

  /**
   * What devices change in a container.
   *
   * @param names full
   * @throws BuildException {@code CDI device injection failed: …}
   */
  public DeviceEdits edits(List<String> names) {
    if (names.isEmpty()) {
      return DeviceEdits.NONE;
    }
    var devices = devices();
    var seen = new HashSet<DeviceSpec>();
    var all = DeviceEdits.NONE;
    for (var name : names) {
      var device = devices.get(name);
      if (device == null) {
        throw BuildException.failed(
            "CDI device injection failed: unresolvable CDI devices " + name);
      }
      if (seen.add(device.spec())) {
        all = all.and(edits(device.spec().edits()));
      }
      all = all.and(edits(device.device().edits()));
    }
    return all;
  }

  private static DeviceEdits edits(Json.Obj edits) {
    try {
      return DeviceEdits.of(edits);
    } catch (IOException | IllegalArgumentException | ArithmeticException e) {
      throw BuildException.failed("CDI device injection failed", e);
    }
  }
}
