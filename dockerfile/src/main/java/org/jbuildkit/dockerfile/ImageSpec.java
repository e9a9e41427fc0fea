package org.jbuildkit.dockerfile;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Json;
import org.jbuildkit.oci.Platform;

/** The image config of a stage while its instructions are dispatched. */
final class ImageSpec {
  static final String DEFAULT_PATH =
      "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  private static final String COMMENT = "buildkit.dockerfile.v0";

  /** As much as a message may hold that brings a document to the daemon. */
  private static final long MOST_HISTORY = 16L << 20;

  private Platform platform;
  private String author = "";
  private List<Json> diffIds = List.of();
  private boolean hasRootfs;
  private Optional<Entry> history = Optional.empty();
  private long historyLength;

  String user = "";
  final SortedSet<String> exposedPorts = new TreeSet<>();
  private final List<String> env = new ArrayList<>();
  private final Map<String, Integer> envPlaces = new HashMap<>();
  List<String> entrypoint = List.of();
  List<String> cmd = List.of();
  final SortedSet<String> volumes = new TreeSet<>();
  String workingDir = "";
  final SortedMap<String, String> labels = new TreeMap<>();
  String stopSignal = "";
  boolean argsEscaped;
  Optional<Json> healthcheck = Optional.empty();
  final List<String> onBuild = new ArrayList<>();
  List<String> shell = List.of();

  /** What was done last, and what before: images of a chain of stages share what they share. */
  private record Entry(Json entry, Optional<Entry> before) {}

  private ImageSpec(Platform platform) {
    this.platform = platform;
  }

  /** The config of an empty image. */
  static ImageSpec empty(Platform platform) {
    var spec = new ImageSpec(platform);
    spec.workingDir = "/";
    spec.completePath();
    spec.hasRootfs = true;
    return spec;
  }

  /** The config of a base image; when it was created does not matter any more. */
  static ImageSpec parse(byte[] json) {
    var document = Json.parseObject(json);
    var spec = new ImageSpec(Platform.fromJson(document));
    spec.author = document.text("author");
    spec.diffIds = document.object("rootfs").array("diff_ids");
    spec.hasRootfs = true;
    document.array("history").forEach(entry -> spec.addHistory(BaseConfig.history(entry)));
    var config = document.object("config");
    spec.user = config.text("User");
    spec.exposedPorts.addAll(config.object("ExposedPorts").members().keySet());
    config.texts("Env").forEach(spec::addEnv);
    spec.entrypoint = config.texts("Entrypoint");
    spec.cmd = config.texts("Cmd");
    spec.volumes.addAll(config.object("Volumes").members().keySet());
    spec.workingDir = config.text("WorkingDir");
    spec.labels.putAll(config.textMap("Labels"));
    spec.stopSignal = config.text("StopSignal");
    spec.argsEscaped = config.flag("ArgsEscaped");
    spec.healthcheck = BaseConfig.healthcheck(config);
    spec.onBuild.addAll(config.texts("OnBuild"));
    spec.shell = config.texts("Shell");
    return spec;
  }

  ImageSpec copy() {
    var copy = new ImageSpec(platform);
    copy.author = author;
    copy.diffIds = diffIds;
    copy.hasRootfs = hasRootfs;
    copy.history = history;
    copy.historyLength = historyLength;
    copy.user = user;
    copy.exposedPorts.addAll(exposedPorts);
    env.forEach(copy::addEnv);
    copy.entrypoint = entrypoint;
    copy.cmd = cmd;
    copy.volumes.addAll(volumes);
    copy.workingDir = workingDir;
    copy.labels.putAll(labels);
    copy.stopSignal = stopSignal;
    copy.argsEscaped = argsEscaped;
    copy.healthcheck = healthcheck;
    copy.shell = shell;
    return copy;
  }

  /** Sets the usual search path where there is none; Windows has its own. */
  void completePath() {
    if (!envPlaces.containsKey("PATH") && !platform.os().equals("windows")) {
      addEnv(DEFAULT_PATH);
    }
  }

  /** Makes the image be for what was asked for; details are kept where none were asked for. */
  void retarget(Platform target) {
    boolean isSame =
        target.os().equals(platform.os()) && target.architecture().equals(platform.architecture());
    platform =
        new Platform(
            target.os(),
            target.architecture(),
            isSame && target.variant().isEmpty() ? platform.variant() : target.variant(),
            isSame && target.osVersion().isEmpty() ? platform.osVersion() : target.osVersion(),
            target.osFeatures().isEmpty() ? platform.osFeatures() : target.osFeatures());
  }

  Platform platform() {
    return platform;
  }

  void platform(Platform changed) {
    platform = changed;
  }

  void author(String name) {
    author = name;
  }

  /** Whether there is nothing in the image. */
  boolean isEmptyImage() {
    return diffIds.isEmpty()
        && entries().stream()
            .allMatch(entry -> entry instanceof Json.Obj obj && obj.flag("empty_layer"));
  }

  private void addEnv(String entry) {
    int equals = entry.indexOf('=');
    envPlaces.putIfAbsent(equals < 0 ? entry : entry.substring(0, equals), env.size());
    env.add(entry);
  }

  private void addHistory(Json entry) {
    history = Optional.of(new Entry(entry, history));
  }

  private List<Json> entries() {
    var entries = new ArrayList<Json>();
    for (var at = history; at.isPresent(); at = at.get().before()) {
      entries.add(at.get().entry());
    }
    return entries.reversed();
  }

  void setEnv(String name, String value) {
    var place = envPlaces.get(name);
    if (place == null) {
      addEnv(name + "=" + value);
    } else {
      env.set(place, name + "=" + value);
    }
  }

  Map<String, String> environment() {
    var map = new LinkedHashMap<String, String>();
    for (var entry : env) {
      int equals = entry.indexOf('=');
      var name = equals < 0 ? entry : entry.substring(0, equals);
      map.remove(name);
      map.put(name, equals < 0 ? "" : entry.substring(equals + 1));
    }
    return map;
  }

  /**
   * @param created when, as RFC 3339, or nothing if the exporter is to fill it in
   * @param hasLayer whether the instruction made a layer
   */
  void addHistory(String createdBy, boolean hasLayer, Optional<String> created) {
    historyLength += createdBy.length();
    if (historyLength > MOST_HISTORY) {
      throw BuildException.invalid(
          "the history of the image is longer than %d characters".formatted(MOST_HISTORY));
    }
    addHistory(
        Json.object()
            .putUnlessEmpty("created", created.orElse(""))
            .put("created_by", createdBy)
            .put("comment", COMMENT)
            .putUnlessFalse("empty_layer", !hasLayer)
            .build());
  }

  private static Json emptyValues(Iterable<String> names) {
    var members = new LinkedHashMap<String, Json>();
    names.forEach(name -> members.put(name, Json.object().build()));
    return new Json.Obj(members);
  }

  Json.Obj toJson() {
    var document =
        Json.object()
            .putUnlessEmpty("author", author)
            .put("architecture", platform.architecture())
            .put("os", platform.os())
            .putUnlessEmpty("os.version", platform.osVersion())
            .putUnlessEmpty("os.features", platform.osFeatures())
            .putUnlessEmpty("variant", platform.variant())
            .put("rootfs", rootfs());
    if (history.isPresent()) {
      document.put("history", new Json.Arr(entries()));
    }
    return document.put("config", config()).build();
  }

  private Json rootfs() {
    return Json.object()
        .put("type", hasRootfs ? "layers" : "")
        .put("diff_ids", diffIds.isEmpty() ? new Json.Null() : new Json.Arr(diffIds))
        .build();
  }

  private Json config() {
    var config = Json.object().putUnlessEmpty("User", user);
    if (!exposedPorts.isEmpty()) {
      config.put("ExposedPorts", emptyValues(exposedPorts));
    }
    config.putUnlessEmpty("Env", env);
    config.putUnlessEmpty("Entrypoint", entrypoint);
    config.putUnlessEmpty("Cmd", cmd);
    if (!volumes.isEmpty()) {
      config.put("Volumes", emptyValues(volumes));
    }
    config
        .putUnlessEmpty("WorkingDir", workingDir)
        .putUnlessEmpty("Labels", labels)
        .putUnlessEmpty("StopSignal", stopSignal)
        .putUnlessFalse("ArgsEscaped", argsEscaped);
    healthcheck.ifPresent(check -> config.put("Healthcheck", check));
    return config.putUnlessEmpty("OnBuild", onBuild).putUnlessEmpty("Shell", shell).build();
  }
}
