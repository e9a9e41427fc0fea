package org.jbuildkit.dockerfile.explain;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jbuildkit.base.Digest;
import org.jbuildkit.base.GoQuote;
import org.jbuildkit.dockerfile.explain.Explanation.KeyPart;
import org.jbuildkit.protocol.pb.ChownOpt;
import org.jbuildkit.protocol.pb.FileAction;
import org.jbuildkit.protocol.pb.FileActionCopy;
import org.jbuildkit.protocol.pb.FileOp;
import org.jbuildkit.protocol.pb.UserOpt;

/** What the cache key of changes to files is made of. */
final class FileKey {
  private FileKey() {}

  static List<KeyPart> of(FileOp op) {
    return op.getActionsList().stream().map(FileKey::of).toList();
  }

  private static KeyPart of(FileAction action) {
    return switch (action.getActionCase()) {
      case COPY -> KeyPart.of("copy", copy(action.getCopy(), action.getSecondaryInput() >= 0));
      case MKDIR -> {
        var made = action.getMkdir();
        var parents = made.getMakeParents() ? ", with parents" : "";
        yield KeyPart.of(
            "mkdir",
            GoQuote.quote(made.getPath())
                + parents
                + attributes(made.getMode(), made.getOwner(), made.getTimestamp()));
      }
      case MKFILE -> {
        var made = action.getMkfile();
        yield KeyPart.of(
            "mkfile",
            "%s, %d bytes, %s"
                    .formatted(
                        GoQuote.quote(made.getPath()),
                        made.getData().size(),
                        Digest.sha256(made.getData().toByteArray()))
                + attributes(made.getMode(), made.getOwner(), made.getTimestamp()));
      }
      case RM -> KeyPart.of("rm", GoQuote.quote(action.getRm().getPath()));
      case SYMLINK -> {
        var link = action.getSymlink();
        yield KeyPart.of(
            "symlink",
            GoQuote.quote(link.getNewpath())
                + " to "
                + GoQuote.quote(link.getOldpath())
                + attributes(-1, link.getOwner(), link.getTimestamp()));
      }
      case ACTION_NOT_SET -> KeyPart.of("none", "");
    };
  }

  /** Of a source that is compared by content only the last name is in the key. */
  private static String copy(FileActionCopy copy, boolean isByContent) {
    var source = copy.getSrc();
    var name = isByContent ? source.substring(source.lastIndexOf('/') + 1) : source;
    var text = new StringBuilder();
    text.append(GoQuote.quote(name.isEmpty() ? "/" : name));
    text.append(" to ").append(GoQuote.quote(copy.getDest()));
    if (copy.getAttemptUnpackDockerCompatibility()) {
      text.append(", archives unpacked");
    }
    if (!copy.getModeStr().isEmpty()) {
      text.append(", mode ").append(copy.getModeStr());
    }
    int mode = copy.getModeStr().isEmpty() ? copy.getMode() : -1;
    text.append(attributes(mode, copy.getOwner(), copy.getTimestamp()));
    patterns(text, "include", copy.getIncludePatternsList());
    patterns(text, "exclude", copy.getExcludePatternsList());
    return text.toString();
  }

  private static void patterns(StringBuilder text, String name, List<String> patterns) {
    patterns.forEach(
        pattern -> text.append(", ").append(name).append(' ').append(GoQuote.quote(pattern)));
  }

  private static String attributes(int mode, ChownOpt owner, long timestamp) {
    var all = new ArrayList<String>();
    if (mode >= 0) {
      all.add("mode %04o".formatted(mode));
    }
    if (!owner.equals(ChownOpt.getDefaultInstance())) {
      var group = owner.hasGroup() ? ":" + name(owner.getGroup()) : "";
      all.add("owner " + name(owner.getUser()) + group);
    }
    if (timestamp >= 0) {
      all.add("time " + Instant.ofEpochSecond(0, timestamp));
    }
    return all.isEmpty() ? "" : ", " + String.join(", ", all);
  }

  private static String name(UserOpt user) {
    return user.hasByName()
        ? GoQuote.quote(user.getByName().getName())
        : Integer.toUnsignedString(user.getByID());
  }
}
