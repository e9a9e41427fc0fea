package org.jbuildkit.exporters.image;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.base.Json;
import org.jbuildkit.exporters.statement.RawJson;
import org.jbuildkit.oci.Platform;

/** Makes an image's config out of what the frontend gave and the layers that there are. */
final class ConfigDocument {
  private static final String INLINE_CACHE = "moby.buildkit.cache.v0";
  private static final String PATH =
      "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  private ConfigDocument() {}

  /** The config of an image of which no frontend said anything. */
  static byte[] empty(Platform platform) {
    var config = Json.object();
    if (!platform.os().equals("windows")) {
      config.putUnlessEmpty("Env", List.of(PATH));
    }
    config.put("WorkingDir", "/");
    return Json.object()
        .put("architecture", platform.architecture())
        .put("os", platform.os())
        .putUnlessEmpty("os.version", platform.osVersion())
        .putUnlessEmpty("os.features", platform.osFeatures())
        .putUnlessEmpty("variant", platform.variant())
        .put("config", config.build())
        .put("rootfs", Json.object().put("type", "layers").put("diff_ids", new Json.Null()).build())
        .build()
        .bytes();
  }

  /**
   * The config as it is exported.
   *
   * @param frontend config of the frontend
   * @param base config of the base image, whose steps keep their times
   * @param epoch seconds since 1970 that no other time exceeds
   * @param inlineCache cache records to embed
   */
  static byte[] assemble(
      byte[] frontend,
      Optional<byte[]> base,
      List<ImageLayer> layers,
      OptionalLong epoch,
      Optional<byte[]> inlineCache) {
    var text = new String(frontend, StandardCharsets.UTF_8);
    if (text.strip().equals("null")) {
      throw BuildException.failed("invalid null image config for export");
    }
    var config = parse(frontend);
    var members = new TreeMap<ByteName, String>();
    RawJson.members(text).forEach((name, value) -> members.put(ByteName.ofText(name), value));
    requireText(config, "os");
    requireText(config, "architecture");
    var history = history(config, base, layers, epoch);
    boolean isList = config.get("history").filter(Json.Arr.class::isInstance).isPresent();
    members.put(ByteName.ofText("rootfs"), rootFs(layers).write());
    members.put(ByteName.ofText("history"), write(history, isList));
    var created = ByteName.ofText("created");
    members.put(
        created, created(config, Optional.ofNullable(members.get(created)), history, epoch));
    inlineCache.ifPresent(cache ->
        members.put(
            ByteName.ofText(INLINE_CACHE),
            Json.of(Base64.getEncoder().encodeToString(cache)).write()));
    var ordered = new LinkedHashMap<String, String>();
    members.forEach((name, value) -> ordered.put(name.toString(), value));
    return RawJson.write(ordered).getBytes(StandardCharsets.UTF_8);
  }

  static Json.Obj parse(byte[] config) {
    try {
      return Json.parseObject(config);
    } catch (IllegalArgumentException e) {
      throw BuildException.failed("failed to parse image config", e);
    }
  }

  private static void requireText(Json.Obj config, String name) {
    if (config.text(name).isEmpty()) {
      throw BuildException.failed("invalid image config for export: missing " + name);
    }
  }

  private static List<HistoryEntry> history(
      Json.Obj config, Optional<byte[]> base, List<ImageLayer> layers, OptionalLong epoch) {
    var history = HistoryRepair.repair(HistoryEntry.ofConfig(config), layers);
    if (epoch.isEmpty()) {
      return history;
    }
    var kept = base.map(bytes -> HistoryEntry.ofConfig(parse(bytes))).orElse(List.of());
    return HistoryRepair.clamp(history, kept, ImageTime.ofEpoch(epoch.getAsLong()));
  }

  private static String write(List<HistoryEntry> history, boolean isList) {
    if (history.isEmpty()) {
      return isList ? "[]" : "null";
    }
    return new Json.Arr(history.stream().map(HistoryEntry::toJson).toList()).write();
  }

  private static Json rootFs(List<ImageLayer> layers) {
    var ids = new ArrayList<String>();
    layers.forEach(layer -> ids.add(layer.diffId().toString()));
    return Json.object()
        .put("type", "layers")
        .put("diff_ids", ids.isEmpty() ? new Json.Null() : Json.ofTexts(ids))
        .build();
  }

  private static String created(
      Json.Obj config, Optional<String> raw, List<HistoryEntry> history, OptionalLong epoch) {
    if (raw.isEmpty()) {
      return history.reversed().stream()
          .flatMap(entry -> entry.created().stream())
          .findFirst()
          .map(time -> Json.of(ImageTime.format(time)).write())
          .orElse("null");
    }
    var text = config.text("created");
    if (epoch.isPresent() && !text.isEmpty()) {
      var limit = ImageTime.ofEpoch(epoch.getAsLong());
      if (ImageTime.parse(text).toInstant().isAfter(limit.toInstant())) {
        return Json.of(ImageTime.format(limit)).write();
      }
    }
    return raw.get();
  }
}
