package org.jbuildkit.dockerfile;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jbuildkit.base.Json;
import org.jbuildkit.oci.Platform;

/** The image config of a stage while its instructions are dispatched. */
final class ImageSpec {
  static final String DEFAULT_PATH =
      "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  private static final String COMMENT = "buildkit.dockerfile.v0";

  private Platform platform;
  private String author = "";
  private List<Json> diffIds = List.of();
  private boolean hasRootfs;
  private final List<Json> history = new ArrayList<>();

  String user = "";
  final SortedSet<String> exposedPorts = new TreeSet<>();
  final List<String> env = new ArrayList<>();
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
    document.array("history").forEach(entry -> spec.history.add(BaseConfig.history(entry)));
    var config = document.object("config");
    spec.user = config.text("User");
    spec.exposedPorts.addAll(config.object("ExposedPorts").members().keySet());
    spec.env.addAll(config.texts("Env"));
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
    var copy = parse(toJson().bytes());
    copy.onBuild.clear();
    return copy;
  }

  /** Sets the usual search path where there is none; Windows has its own. */
  void completePath() {
    boolean hasPath = env.stream().anyMatch(e -> e.equals("PATH") || e.startsWith("PATH="));
    if (!hasPath && !platform.os().equals("windows")) {
      env.add(DEFAULT_PATH);
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
        && history.stream()
            .allMatch(entry -> entry instanceof Json.Obj obj && obj.flag("empty_layer"));
  }

  void setEnv(String name, String value) {
    var prefix = name + "=";
    for (int i = 0; i < env.size(); i++) {
      if (env.get(i).startsWith(prefix)) {
        env.set(i, prefix + value);
        return;
      }
    }
    env.add(prefix + value);
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
    history.add(
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
    if (!history.isEmpty()) {
      document.put("history", new Json.Arr(history));
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
