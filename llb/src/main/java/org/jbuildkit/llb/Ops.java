package org.jbuildkit.llb;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jbuildkit.protocol.pb.ExecOp;
import org.jbuildkit.protocol.pb.FileAction;
import org.jbuildkit.protocol.pb.FileOp;
import org.jbuildkit.protocol.pb.MergeInput;
import org.jbuildkit.protocol.pb.MergeOp;
import org.jbuildkit.protocol.pb.Op;
import org.jbuildkit.protocol.pb.OpMetadata;
import org.jbuildkit.protocol.pb.Platform;
import org.jbuildkit.protocol.pb.SourceOp;

/**
 * Makes vertices by the conventions of BuildKit's Go client, so that equal builds have equal
 * digests. The empty tree is an absent edge.
 */
public final class Ops {
  private static final String CUSTOM_NAME = "llb.customname";

  private Ops() {}

  /**
   * What is said of a vertex besides what it does.
   *
   * @param metadata description, progress group, cache options; capabilities are added
   */
  public record About(OpMetadata metadata, List<SourceLocation> locations) {
    public About {
      locations = List.copyOf(locations);
    }

    /** Just a displayed name. */
    public static About named(String name) {
      return new About(
          OpMetadata.newBuilder().putDescription(CUSTOM_NAME, name).build(), List.of());
    }

    OpMetadata with(Iterable<String> capabilities) {
      var all = metadata.toBuilder();
      capabilities.forEach(capability -> all.putCaps(capability, true));
      return all.build();
    }
  }

  /** A platform on the wire. */
  public static Platform platform(org.jbuildkit.oci.Platform platform) {
    return Platform.newBuilder()
        .setOS(platform.os())
        .setArchitecture(platform.architecture())
        .setVariant(platform.variant())
        .setOSVersion(platform.osVersion())
        .addAllOSFeatures(platform.osFeatures())
        .build();
  }

  /** A platform from the wire, in its normal form. */
  public static org.jbuildkit.oci.Platform platform(Platform wire) {
    return new org.jbuildkit.oci.Platform(
            wire.getOS(),
            wire.getArchitecture(),
            wire.getVariant(),
            wire.getOSVersion(),
            wire.getOSFeaturesList())
        .normalized();
  }

  /** A source; a platform only where the scheme has one. */
  public static LlbEdge source(
      String identifier,
      Map<String, String> attributes,
      Optional<org.jbuildkit.oci.Platform> platform,
      List<String> capabilities,
      About about) {
    var op =
        Op.newBuilder()
            .setSource(SourceOp.newBuilder().setIdentifier(identifier).putAllAttrs(attributes));
    platform.map(Ops::platform).ifPresent(op::setPlatform);
    return LlbVertex.of(op.build(), List.of(), about.with(capabilities), about.locations())
        .output(0);
  }

  /** A file action being made, with the tree that it takes from. */
  public record Action(FileAction.Builder action, Optional<LlbEdge> source) {}

  /**
   * Actions on a tree one after the other; the last one's state is the output.
   *
   * @param base the tree changed, or nothing for the empty one
   */
  public static LlbEdge file(Optional<LlbEdge> base, List<Action> actions, About about) {
    var inputs = new ArrayList<LlbEdge>();
    base.ifPresent(inputs::add);
    for (var action : actions) {
      action.source().filter(edge -> edge.indexIn(inputs) < 0).ifPresent(inputs::add);
    }
    var file = FileOp.newBuilder();
    for (int i = 0; i < actions.size(); i++) {
      boolean isLast = i == actions.size() - 1;
      var action = actions.get(i);
      file.addActions(
          action
              .action()
              .setInput(i > 0 ? inputs.size() + i - 1 : base.isPresent() ? 0 : -1)
              .setSecondaryInput(action.source().map(edge -> edge.indexIn(inputs)).orElse(-1))
              .setOutput(isLast ? 0 : -1));
    }
    var op = Op.newBuilder().setFile(file).build();
    return LlbVertex.of(op, inputs, about.with(List.of("file.base")), about.locations()).output(0);
  }

  /** A file in an otherwise empty tree. */
  public static LlbEdge inlineFile(String path, int mode, byte[] data, About about) {
    var file =
        org.jbuildkit.protocol.pb.FileActionMkFile.newBuilder()
            .setPath(path)
            .setMode(mode)
            .setData(ByteString.copyFrom(data))
            .setTimestamp(-1);
    return file(
        Optional.empty(),
        List.of(new Action(FileAction.newBuilder().setMkfile(file), Optional.empty())),
        about);
  }

  /** Trees one on the other; empty ones left out, a single one as it is. */
  public static Optional<LlbEdge> merge(List<LlbEdge> trees, About about) {
    if (trees.size() < 2) {
      return trees.stream().findFirst();
    }
    var merge = MergeOp.newBuilder();
    for (int i = 0; i < trees.size(); i++) {
      merge.addInputs(MergeInput.newBuilder().setInput(i));
    }
    var op = Op.newBuilder().setMerge(merge).build();
    return Optional.of(
        LlbVertex.of(op, trees, about.with(List.of("mergeop")), about.locations()).output(0));
  }

  /** A process; its mounts name inputs by index in {@code inputs}. */
  public static LlbEdge exec(
      ExecOp exec,
      List<LlbEdge> inputs,
      org.jbuildkit.oci.Platform platform,
      List<String> capabilities,
      About about) {
    var op = Op.newBuilder().setExec(exec).setPlatform(platform(platform)).build();
    return LlbVertex.of(op, inputs, about.with(capabilities), about.locations()).output(0);
  }
}
