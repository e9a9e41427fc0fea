package org.jbuildkit.dockerfile;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jbuildkit.base.Json;
import org.jbuildkit.llb.Definitions;
import org.jbuildkit.llb.LlbEdge;
import org.jbuildkit.llb.Ops;

/** A named context that is another directory of the client, with its own ignore file. */
final class LocalContext {
  private LocalContext() {}

  /**
   * @param key the name that the context was given for, with the platform if it has one
   * @param paths what is used of it, absolute and clean
   */
  static LlbEdge load(BuildScene scene, String key, String local, List<String> paths)
      throws InterruptedException {
    var hint = "context:" + key + "-";
    var attributes = new TreeMap<String, String>();
    var capabilities = new ArrayList<String>();
    var ignored = ignored(scene, key, local, hint + ".dockerignore");
    attributes.put(
        "local.sharedkeyhint",
        hint + scene.options.all().getOrDefault("sharedkey:localdir:" + key, ""));
    capabilities.add("source.local.sharedkeyhint");
    if (!ignored.isEmpty()) {
      attributes.put("local.excludepatterns", Json.ofTexts(ignored).write());
      capabilities.add("source.local.excludepatterns");
    }
    if (!paths.isEmpty() && !paths.contains("/")) {
      var relative = paths.stream().map(path -> path.substring(1)).distinct().sorted().toList();
      attributes.put("local.followpaths", Json.ofTexts(relative).write());
      capabilities.add("source.local.followpaths");
    }
    return source(scene, local, attributes, capabilities, "[context " + key + "] load from client");
  }

  private static List<String> ignored(BuildScene scene, String key, String local, String hint)
      throws InterruptedException {
    var source =
        source(
            scene,
            local,
            Map.of(
                "local.followpaths",
                Json.ofTexts(List.of(".dockerignore")).write(),
                "local.sharedkeyhint",
                hint,
                "local.differ",
                "none"),
            List.of("source.local.followpaths", "source.local.sharedkeyhint"),
            "[context " + key + "] load .dockerignore");
    var tree = scene.client.solve(Definitions.marshal(Optional.of(source)));
    return BuildFiles.ignored(tree);
  }

  private static LlbEdge source(
      BuildScene scene,
      String local,
      Map<String, String> attributes,
      List<String> capabilities,
      String name) {
    var all = new TreeMap<>(attributes);
    all.put(
        "local.session",
        scene.options.all().getOrDefault("local-sessionid:" + local, scene.client.sessionId()));
    var used = new ArrayList<>(List.of("source.local", "source.local.sessionid"));
    used.addAll(capabilities);
    return Ops.source("local://" + local, all, Optional.empty(), used, Ops.About.named(name));
  }
}
