package org.jbuildkit.daemon;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Digest;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.base.ErrorDetail;
import org.jbuildkit.base.Json;
import org.jbuildkit.dockerfile.ReplacedImage;
import org.jbuildkit.engine.Frontend;
import org.jbuildkit.engine.gateway.Build;
import org.jbuildkit.llb.Definitions;
import org.jbuildkit.llb.LlbEdge;
import org.jbuildkit.llb.LoadedGraph;
import org.jbuildkit.llb.Ops;
import org.jbuildkit.oci.ImageReference;
import org.jbuildkit.oci.Platform;
import org.jbuildkit.protocol.keys.SourceAttributes;
import org.jbuildkit.protocol.pb.Definition;

/**
 * An image that holds a frontend's program.
 *
 * @param definition of the image's tree
 * @param digest of its index or manifest; nothing if a context stands in for it
 * @param config JSON
 */
record FrontendImage(Definition definition, Optional<Digest> digest, Json.Obj config) {
  private static final String INPUTS = "moby.buildkit.frontend.inputs";
  private static final String CAPS_LABEL = "moby.buildkit.frontend.caps";
  private static final String NO_NETWORK_LABEL = "moby.buildkit.frontend.network.none";

  /** Images of Docker's that take inputs, but are older than the label that says so. */
  private static final Set<String> TAKE_INPUTS =
      Set.of(
          "sha256:9ac1c43a60e31dca741a6fe8314130a9cd4c4db0311fbbc636ff992ef60ae76d",
          "sha256:080bd74d8778f83e7b670de193362d8c593c8b14f5c8fb919d28ee8feda0d069",
          "sha256:60543a9d92b92af5088fb2938fb09b2072684af8384399e153e137fe081f8ab4",
          "sha256:de85b2f3a3e8a2f7fe48e8e84a65f6fdd5cd5183afa6412fff9caa6871649c44");

  /** Looks an image up; nothing of it is fetched but its config. */
  static FrontendImage find(Build build, Frontend.Request request, String source)
      throws IOException, InterruptedException {
    var replaced = ReplacedImage.find(DockerfileRun.client(build, request), source);
    if (replaced.isPresent()) {
      var config = replaced.get().config().orElse("{}".getBytes(UTF_8));
      return new FrontendImage(
          replaced.get().definition(), Optional.empty(), parse(source, config));
    }
    var reference = ImageReference.parse(source).withDefaultTag();
    var asked = definition(reference.toString());
    var op = LoadedGraph.load(asked, o -> o).result().vertex().op();
    var image = build.resolveImage(op, Platform.host().format(), "");
    var pinned = reference.withDigest(image.digest());
    return new FrontendImage(
        definition(pinned.toString()), Optional.of(image.digest()), parse(source, image.config()));
  }

  private static Json.Obj parse(String source, byte[] config) {
    try {
      return Json.parseObject(config);
    } catch (IllegalArgumentException e) {
      throw BuildException.failed("invalid image config of " + source, e);
    }
  }

  private static Definition definition(String reference) {
    LlbEdge image =
        Ops.source(
            "docker-image://" + reference,
            Map.of(SourceAttributes.IMAGE_RECORD_TYPE, "frontend"),
            Optional.of(Platform.host()),
            List.of("source.image"),
            Ops.About.named("docker-image://" + reference));
    return Definitions.marshal(Optional.of(image));
  }

  /**
   * Refuses requests that need what the image does not know.
   *
   * @throws BuildException {@code unsupported frontend capability NAME}
   */
  void check(Frontend.Request request) {
    var required = new LinkedHashSet<>(names(request.option("frontend.caps")));
    if (!request.inputs().isEmpty()) {
      required.add(INPUTS);
    }
    var known = names(label(CAPS_LABEL));
    for (var name : required) {
      boolean isOld =
          name.equals(INPUTS)
              && digest.map(Digest::toString).filter(TAKE_INPUTS::contains).isPresent();
      if (!known.contains(name) && !isOld) {
        throw new BuildException(ErrorCode.UNIMPLEMENTED, "unsupported frontend capability " + name)
            .withDetail(new ErrorDetail.UnsupportedFrontendCap(name));
      }
    }
  }

  private static List<String> names(String list) {
    var names = new ArrayList<String>();
    for (var item : list.split(",", -1)) {
      var name = item.split("\\+", 2)[0];
      if (!name.isEmpty()) {
        names.add(name);
      }
    }
    return names;
  }

  private Json.Obj settings() {
    return config.object("config");
  }

  private String label(String name) {
    return settings().object("Labels").text(name);
  }

  /** Whether the program is to run without a network. */
  boolean isOffline() {
    return Set.of("1", "t", "T", "true", "TRUE", "True").contains(label(NO_NETWORK_LABEL));
  }

  /** The program; what images add to it for their usual use does not count. */
  List<String> args() {
    var entrypoint = settings().texts("Entrypoint");
    return entrypoint.isEmpty() ? List.of("/run") : entrypoint;
  }

  List<String> env() {
    return settings().texts("Env");
  }

  String folder() {
    var folder = settings().text("WorkingDir");
    return folder.isEmpty() ? "/" : folder;
  }
}
