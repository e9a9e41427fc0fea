package org.jbuildkit.buildx.store;

import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import org.jbuildkit.base.Json;
import org.jbuildkit.oci.Platform;

/**
 * A node of a builder as it is kept. What was never set is another thing than an empty list.
 *
 * @param flags of the node's daemon
 * @param files of the node's daemon, by path, in base64
 */
public record StoredNode(
    String name,
    String endpoint,
    Optional<List<Platform>> platforms,
    Optional<SequencedMap<String, String>> options,
    Optional<List<String>> flags,
    Optional<SequencedMap<String, String>> files) {

  public StoredNode {
    platforms = platforms.map(List::copyOf);
    flags = flags.map(List::copyOf);
  }

  public StoredNode withPlatforms(List<Platform> changed) {
    return new StoredNode(name, endpoint, Optional.of(changed), options, flags, files);
  }

  /** The platforms; none if they were never set. */
  public List<Platform> platformList() {
    return platforms.orElse(List.of());
  }

  /** An option of the driver; empty text if it isn't set. */
  public String option(String key) {
    return options.map(map -> map.getOrDefault(key, "")).orElse("");
  }

  /** A file's content. */
  public Optional<byte[]> file(String path) {
    return files
        .flatMap(map -> Optional.ofNullable(map.get(path)))
        .map(Base64.getDecoder()::decode);
  }

  Json.Obj toJson() {
    var json = Json.object().put("Name", name).put("Endpoint", endpoint);
    json.put(
        "Platforms",
        platforms
            .<Json>map(list -> new Json.Arr(list.stream().<Json>map(Platform::toJson).toList()))
            .orElse(new Json.Null()));
    json.put("DriverOpts", options.<Json>map(Json::ofMap).orElse(new Json.Null()));
    json.put("Flags", flags.<Json>map(Json::ofTexts).orElse(new Json.Null()));
    json.put("Files", files.<Json>map(Json::ofMap).orElse(new Json.Null()));
    return json.build();
  }

  static StoredNode fromJson(Json.Obj json) {
    return new StoredNode(
        json.text("Name"),
        json.text("Endpoint"),
        given(json, "Platforms").map(_ -> platforms(json)),
        given(json, "DriverOpts").map(_ -> json.textMap("DriverOpts")),
        given(json, "Flags").map(_ -> json.texts("Flags")),
        given(json, "Files").map(_ -> new LinkedHashMap<>(new TreeMap<>(json.textMap("Files")))));
  }

  private static Optional<Json> given(Json.Obj json, String name) {
    return json.get(name).filter(value -> !(value instanceof Json.Null));
  }

  private static List<Platform> platforms(Json.Obj json) {
    var platforms = new ArrayList<Platform>();
    for (var element : json.array("Platforms")) {
      if (element instanceof Json.Obj platform) {
        platforms.add(Platform.fromJson(platform));
      }
    }
    return platforms;
  }
}
