package org.jbuildkit.dockerfile;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Digest;
import org.jbuildkit.dockerfile.syntax.DockerfileParser;
import org.jbuildkit.dockerfile.syntax.Instruction;
import org.jbuildkit.dockerfile.syntax.Words;
import org.jbuildkit.llb.GitReference;
import org.jbuildkit.llb.LlbEdge;
import org.jbuildkit.llb.Ops;

/** A stage that is nothing but one remote source, whose date the image takes. */
final class EpochStage {
  private final BuildScene scene;
  private final Map<String, String> variables = new HashMap<>();

  private EpochStage(BuildScene scene) {
    this.scene = scene;
    var inherited = scene.arguments.lookup();
    for (var name : inherited.names()) {
      scene.arguments.inherited(name).ifPresent(value -> variables.put(name, value));
    }
    variables.remove(Epoch.NAME);
  }

  /**
   * The stage's source.
   *
   * @throws BuildException if the stage is more than that, or less
   */
  static LlbEdge source(BuildScene scene, Instruction.From from, List<Instruction> body) {
    return new EpochStage(scene).read(from, body);
  }

  private LlbEdge read(Instruction.From from, List<Instruction> body) {
    if (!word(from.base()).equals("scratch")) {
      throw BuildException.invalid("SOURCE_DATE_EPOCH stage must use FROM scratch");
    }
    Optional<LlbEdge> source = Optional.empty();
    for (var instruction : body) {
      switch (instruction) {
        case Instruction.Arg arg -> declare(arg);
        case Instruction.Copy copy when copy.isAdd() -> {
          if (source.isPresent()) {
            throw BuildException.invalid(
                "SOURCE_DATE_EPOCH stage must contain exactly one remote ADD");
          }
          source = Optional.of(added(copy));
        }
        default ->
            throw BuildException.invalid(
                "SOURCE_DATE_EPOCH stage does not meet source-only requirements: unsupported "
                    + instruction.line().keyword()
                    + " instruction");
      }
    }
    return source.orElseThrow(() ->
        BuildException.invalid("SOURCE_DATE_EPOCH stage must contain exactly one remote ADD"));
  }

  private String word(String text) {
    return Words.expand(text, scene.escape, variables::get, Words.Style.WORD);
  }

  private void declare(Instruction.Arg arg) {
    for (var pair : arg.pairs()) {
      scene
          .arguments
          .given(pair.name())
          .or(() -> pair.value().map(this::word))
          .ifPresent(value -> variables.put(pair.name(), value));
    }
  }

  private LlbEdge added(Instruction.Copy add) {
    var sources = add.arguments().subList(0, add.arguments().size() - 1);
    if (sources.size() != 1 || DockerfileParser.heredocMarker(sources.getFirst()).isPresent()) {
      throw BuildException.invalid(
          "SOURCE_DATE_EPOCH stage must contain exactly one remote ADD source");
    }
    var address = word(sources.getFirst());
    var checksum = word(add.flags().checksum());
    var about = Ops.About.named("");
    if (RemoteSource.isHttp(address)) {
      var attributes = new TreeMap<>(Map.of("http.filename", RemoteSource.filename(address)));
      if (!checksum.isEmpty()) {
        attributes.put("http.checksum", digest(checksum));
      }
      return Ops.source(address, attributes, Optional.empty(), List.of("source.http"), about);
    }
    var git =
        GitReference.parse(address)
            .orElseThrow(() ->
                BuildException.invalid(
                    "SOURCE_DATE_EPOCH stage source must be a single HTTP(S) or Git ADD"));
    boolean keeps = git.keepGitDir().or(() -> add.flags().keepGitDir()).orElse(false);
    return GitSource.of(
        scene.client, git, keeps, checksum.isEmpty() ? git.checksum() : checksum, "", about);
  }

  private static String digest(String text) {
    try {
      return Digest.parse(text).toString();
    } catch (IllegalArgumentException e) {
      throw BuildException.invalid(BuildException.describe(e));
    }
  }
}
