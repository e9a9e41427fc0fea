package org.jbuildkit.dockerfile.explain;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.function.Function;
import org.jbuildkit.base.ContainerPath;
import org.jbuildkit.dockerfile.explain.Explanation.Content;
import org.jbuildkit.dockerfile.explain.Explanation.KeyPart;
import org.jbuildkit.protocol.pb.ChownOpt;
import org.jbuildkit.protocol.pb.ExecOp;
import org.jbuildkit.protocol.pb.FileActionCopy;
import org.jbuildkit.protocol.pb.FileOp;
import org.jbuildkit.protocol.pb.Mount;
import org.jbuildkit.protocol.pb.MountContentCache;
import org.jbuildkit.protocol.pb.MountType;
import org.jbuildkit.protocol.pb.Op;
import org.jbuildkit.protocol.pb.UserOpt;

/** Tells what a vertex's cache key is made of. */
public final class VertexReader {
  private VertexReader() {}

  /** Where a variable's value was given. */
  public record Origin(String from, int line) {}

  /** The vertex's kind, a word. */
  public static String kind(Op op) {
    return switch (op.getOpCase()) {
      case EXEC -> "exec";
      case FILE -> "file";
      case SOURCE -> "source";
      case MERGE -> "merge";
      case DIFF -> "diff";
      case BUILD -> "build";
      case PASSTHROUGH -> "passthrough";
      case OP_NOT_SET -> "none";
    };
  }

  /**
   * What the key is made of besides the inputs.
   *
   * @param origins of the variables of a process
   */
  public static List<KeyPart> key(Op op, Function<String, Origin> origins) {
    return switch (op.getOpCase()) {
      case EXEC -> ExecKey.of(op, origins);
      case FILE -> FileKey.of(op.getFile());
      default -> List.of();
    };
  }

  /** What the vertex uses that is no part of its key. */
  public static List<String> outside(Op op) {
    return op.hasExec() ? ExecKey.outside(op.getExec()) : List.of();
  }

  /** What of an input is compared by content; nothing if the input's own key counts. */
  public static List<Content> contents(Op op, int input) {
    return switch (op.getOpCase()) {
      case EXEC -> contents(op.getExec(), input);
      case FILE -> contents(op.getFile(), input);
      default -> List.of();
    };
  }

  private static List<Content> contents(ExecOp op, int input) {
    var contents = new ArrayList<Content>();
    boolean isByContent = false;
    for (var mount : op.getMountsList()) {
      boolean showsTree =
          mount.getMountType() == MountType.BIND || mount.getMountType() == MountType.CACHE;
      if (mount.getInput() == input && showsTree) {
        var path = new ContainerPath(mount.getSelector()).value();
        contents.add(new Content(path, List.of(), List.of()));
        isByContent = isByContent(mount);
      }
    }
    return isByContent ? contents : List.of();
  }

  private static boolean isByContent(Mount mount) {
    boolean isAllowed =
        mount.getOutput() < 0
            || mount.getReadonly()
            || new ContainerPath(mount.getSelector()).isRoot();
    return mount.getContentCache() == MountContentCache.ON
        || (mount.getContentCache() == MountContentCache.DEFAULT
            && isAllowed
            && !new ContainerPath(mount.getDest()).isRoot());
  }

  private static List<Content> contents(FileOp op, int input) {
    var bases = new HashSet<Long>();
    op.getActionsList().forEach(action -> bases.add(action.getInput()));
    if (bases.contains((long) input)) {
      return List.of();
    }
    var contents = new ArrayList<Content>();
    for (var action : op.getActionsList()) {
      if (action.hasCopy()) {
        var copy = action.getCopy();
        if (action.getSecondaryInput() == input) {
          contents.add(content(copy));
        }
        lookups(copy.getOwner(), input, contents);
      }
    }
    return contents;
  }

  private static Content content(FileActionCopy copy) {
    return new Content(copy.getSrc(), copy.getIncludePatternsList(), copy.getExcludePatternsList());
  }

  private static void lookups(ChownOpt owner, int input, List<Content> contents) {
    if (isNamedIn(owner.getUser(), input)) {
      contents.add(new Content("/etc/passwd", List.of(), List.of()));
    }
    if (isNamedIn(owner.getGroup(), input)) {
      contents.add(new Content("/etc/group", List.of(), List.of()));
    }
  }

  private static boolean isNamedIn(UserOpt user, int input) {
    return user.hasByName() && user.getByName().getInput() == input;
  }
}
