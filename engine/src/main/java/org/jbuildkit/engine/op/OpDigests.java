package org.jbuildkit.engine.op;

import com.google.protobuf.Message;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.base.Digest;
import org.jbuildkit.base.Json;
import org.jbuildkit.oci.Platform;
import org.jbuildkit.protocol.pb.BuildOp;
import org.jbuildkit.protocol.pb.CacheOpt;
import org.jbuildkit.protocol.pb.CacheSharingOpt;
import org.jbuildkit.protocol.pb.DiffOp;
import org.jbuildkit.protocol.pb.ExecOp;
import org.jbuildkit.protocol.pb.FileAction;
import org.jbuildkit.protocol.pb.FileActionCopy;
import org.jbuildkit.protocol.pb.FileOp;
import org.jbuildkit.protocol.pb.MergeOp;
import org.jbuildkit.protocol.pb.Mount;
import org.jbuildkit.protocol.pb.MountType;
import org.jbuildkit.protocol.pb.PassthroughOp;

/**
 * The cache digests of ops. The preimages are those of BuildKit's {@code solver/llbsolver/ops}, so
 * that caches are shared with it.
 */
final class OpDigests {
  private OpDigests() {}

  static String source(String key) {
    var digest = Digest.sha256("buildkit.source.v0:" + key);
    return key.startsWith("session:") ? "random:" + digest.hex() : digest.toString();
  }

  static String exec(ExecOp op, Platform platform) {
    var keyed = op.toBuilder();
    var meta = keyed.getMetaBuilder().clearProxyEnv();
    for (int i = 0; i < meta.getExtraHostsCount(); i++) {
      meta.getExtraHostsBuilder(i).clearIP();
    }
    for (int i = 0; i < keyed.getMountsCount(); i++) {
      var mount = keyed.getMountsBuilder(i).clearSelector();
      if (mount.hasCacheOpt() && !isCacheIdKept(mount.getCacheOpt(), mount.getDest())) {
        mount.setCacheOpt(CacheOpt.getDefaultInstance());
      }
    }
    if (keyed.getMountsCount() == 1 && isPlainRoot(keyed.getMounts(0))) {
      keyed.clearMounts();
    }
    var json =
        Json.object()
            .put("Type", "buildkit.exec.v0")
            .put("Exec", OpJson.of(keyed.build()))
            .put("OS", platform.os())
            .put("Arch", platform.architecture())
            .putUnlessEmpty("Variant", platform.variant())
            .putUnlessEmpty("OSVersion", platform.osVersion())
            .putUnlessEmpty("OSFeatures", platform.osFeatures());
    return Digest.sha256(json.build().write()).toString();
  }

  private static boolean isCacheIdKept(CacheOpt cache, String dest) {
    if (cache.getSharing() != CacheSharingOpt.SHARED) {
      return false;
    }
    int slash = cache.getID().indexOf('/');
    return cache.getID().equals(dest)
        || (slash >= 0 && cache.getID().substring(slash + 1).equals(dest));
  }

  private static boolean isPlainRoot(Mount mount) {
    return mount.getDest().equals("/")
        && mount.getMountType() == MountType.BIND
        && !mount.getReadonly()
        && !mount.hasCacheOpt()
        && !mount.hasSSHOpt()
        && !mount.hasSecretOpt()
        && mount.getResultID().isEmpty();
  }

  static String file(FileOp op) {
    var actions = new ArrayList<String>();
    for (var action : op.getActionsList()) {
      var json = OpJson.of(keyed(action)).bytes();
      actions.add(Base64.getEncoder().encodeToString(json));
    }
    var json = Json.object().put("Type", "buildkit.file.v0").put("Actions", Json.ofTexts(actions));
    if (!areIndexesImplied(op)) {
      json.put("indexes", indexes(op));
    }
    return Digest.sha256(json.build().write()).toString();
  }

  private static Message keyed(FileAction action) {
    return switch (action.getActionCase()) {
      case COPY -> keyed(action.getCopy(), action.getSecondaryInput());
      case MKFILE -> action.getMkfile();
      case MKDIR -> action.getMkdir();
      case RM -> action.getRm();
      case SYMLINK -> action.getSymlink();
      case ACTION_NOT_SET ->
          throw org.jbuildkit.base.BuildException.invalid("invalid action type <nil>");
    };
  }

  /** Where the source comes from another vertex its content is keyed, so only the name counts. */
  private static Message keyed(FileActionCopy copy, long secondaryInput) {
    if (secondaryInput < 0) {
      return copy;
    }
    return copy.toBuilder().setSrc(base(copy.getSrc())).build();
  }

  private static String base(String path) {
    if (path.isEmpty()) {
      return ".";
    }
    var trimmed = path.replaceAll("/+$", "");
    return trimmed.isEmpty() ? "/" : trimmed.substring(trimmed.lastIndexOf('/') + 1);
  }

  private static boolean areIndexesImplied(FileOp op) {
    int count = op.getActionsCount();
    for (int i = 0; i < count; i++) {
      var action = op.getActions(i);
      long input = i == 0 ? 0 : count + i - 1L;
      long output = i == count - 1 ? 0 : -1;
      boolean plainSecondary = action.getSecondaryInput() == -1 || action.getSecondaryInput() == 1;
      if (action.getInput() != input || action.getOutput() != output || !plainSecondary) {
        return false;
      }
    }
    return true;
  }

  private static Json indexes(FileOp op) {
    var rows = new ArrayList<Json>();
    for (var action : op.getActionsList()) {
      rows.add(
          new Json.Arr(
              List.of(
                  Json.of(action.getInput()),
                  Json.of(action.getSecondaryInput()),
                  Json.of(action.getOutput()))));
    }
    return new Json.Arr(rows);
  }

  static String merge(MergeOp op) {
    return typed("buildkit.merge.v0", "Merge", OpJson.of(op));
  }

  static String diff(DiffOp op) {
    return typed("buildkit.diff.v0", "Diff", OpJson.of(op));
  }

  static String passthrough(PassthroughOp op) {
    return typed("buildkit.passthrough.v0", "Passthrough", OpJson.of(op));
  }

  static String build(BuildOp op) {
    return typed("buildkit.build.v0", "Exec", OpJson.of(op));
  }

  private static String typed(String type, String name, Json json) {
    return Digest.sha256(Json.object().put("Type", type).put(name, json).build().write())
        .toString();
  }

  /** The selector of an exec's input: paths in the order of their mounts. */
  static String execSelector(Collection<String> paths) {
    return Digest.sha256(String.join("\0", paths)).toString();
  }

  /** The selector of a file op's input: paths as written, highest bytes first. */
  static String fileSelector(Collection<String> paths) {
    var sorted = new ArrayList<>(paths);
    sorted.sort(Comparator.comparing(ByteName::ofText).reversed());
    return Digest.sha256(String.join("\0", sorted)).toString();
  }

  /** The content digest of an input of which these parts matter. */
  static String content(List<Digest> parts) {
    return Digest.sha256(String.join("\0", parts.stream().map(Digest::toString).toList()))
        .toString();
  }
}
