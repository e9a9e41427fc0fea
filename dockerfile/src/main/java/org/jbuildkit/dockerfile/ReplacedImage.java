package org.jbuildkit.dockerfile;

import java.util.List;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.llb.Definitions;
import org.jbuildkit.protocol.pb.Definition;

/**
 * A context that the user gave to stand in for an image which no file names: the frontend's own.
 *
 * @param definition of its tree
 * @param config JSON; nothing if it has none
 */
public record ReplacedImage(Definition definition, Optional<byte[]> config) {

  /**
   * What stands in for an image; nothing if the image is meant itself.
   *
   * @throws BuildException if {@code name} is no image reference, or the context makes no sense
   */
  public static Optional<ReplacedImage> find(FrontendClient client, String name)
      throws InterruptedException {
    var options = FrontendOptions.parse(client.options(), client.buildPlatform());
    var scene = BuildScene.bare(options, client);
    var named = NamedContexts.find(scene, name, client.buildPlatform());
    if (named.isEmpty()) {
      return Optional.empty();
    }
    var contexts = new NamedContexts(new ImageConfigs(client, options.resolveMode()));
    var found = contexts.load(scene, named.get(), client.buildPlatform(), List.of("/"));
    return Optional.of(new ReplacedImage(Definitions.marshal(found.tree()), found.config()));
  }
}
