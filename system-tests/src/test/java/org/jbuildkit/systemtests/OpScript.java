package org.jbuildkit.systemtests;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jbuildkit.llb.LlbEdge;
import org.jbuildkit.llb.LlbVertex;
import org.jbuildkit.protocol.pb.ChownOpt;
import org.jbuildkit.protocol.pb.DiffOp;
import org.jbuildkit.protocol.pb.ExecOp;
import org.jbuildkit.protocol.pb.FileAction;
import org.jbuildkit.protocol.pb.FileActionCopy;
import org.jbuildkit.protocol.pb.FileActionMkDir;
import org.jbuildkit.protocol.pb.FileActionMkFile;
import org.jbuildkit.protocol.pb.FileActionRm;
import org.jbuildkit.protocol.pb.FileActionSymlink;
import org.jbuildkit.protocol.pb.FileOp;
import org.jbuildkit.protocol.pb.LowerDiffInput;
import org.jbuildkit.protocol.pb.MergeInput;
import org.jbuildkit.protocol.pb.MergeOp;
import org.jbuildkit.protocol.pb.Meta;
import org.jbuildkit.protocol.pb.Mount;
import org.jbuildkit.protocol.pb.NamedUserOpt;
import org.jbuildkit.protocol.pb.NetMode;
import org.jbuildkit.protocol.pb.Op;
import org.jbuildkit.protocol.pb.OpMetadata;
import org.jbuildkit.protocol.pb.UpperDiffInput;
import org.jbuildkit.protocol.pb.UserOpt;

/**
 * A tree written down in one line: statements, separated by {@code ;}, that change the tree made so
 * far. File statements next to each other are the actions of one operation; {@code cut} begins
 * another. {@code as} names the tree so far, {@code from} goes on with a named one.
 */
final class OpScript {
  private final Map<String, Optional<LlbEdge>> trees = new HashMap<>();
  private final List<FileAction.Builder> actions = new ArrayList<>();
  private final List<LlbEdge> sources = new ArrayList<>();
  private Optional<LlbEdge> tree = Optional.empty();

  /**
   * @param named trees that scripts start with
   */
  OpScript(Map<String, LlbEdge> named) {
    named.forEach((name, edge) -> trees.put(name, Optional.of(edge)));
    trees.put("scratch", Optional.empty());
  }

  Optional<LlbEdge> read(String line) {
    for (var statement : line.split(";", -1)) {
      if (!statement.isBlank()) {
        statement(new ArrayList<>(List.of(statement.strip().split(" +", -1))));
      }
    }
    cut();
    return tree;
  }

  private void statement(List<String> words) {
    var verb = words.removeFirst();
    switch (verb) {
      case "mkdir", "mkfile", "symlink", "rm", "copy" -> file(verb, words);
      case "cut" -> cut();
      case "as" -> {
        cut();
        trees.put(words.getFirst(), tree);
      }
      case "from" -> {
        cut();
        tree = tree(words.getFirst());
      }
      case "merge" -> merge(words);
      case "diff" -> diff(words);
      case "run" -> run(String.join(" ", words));
      default -> throw new IllegalArgumentException("no such statement: " + verb);
    }
  }

  private Optional<LlbEdge> tree(String name) {
    var known = trees.get(name);
    if (known == null) {
      throw new IllegalArgumentException("no such tree: " + name);
    }
    return known;
  }

  private static LlbEdge vertex(Op op, List<LlbEdge> inputs, String... capabilities) {
    var metadata = OpMetadata.newBuilder();
    for (var capability : capabilities) {
      metadata.putCaps(capability, true);
    }
    return LlbVertex.of(op, inputs, metadata.build(), List.of()).output(0);
  }

  /** Makes the operation of the file statements so far. */
  private void cut() {
    if (actions.isEmpty()) {
      return;
    }
    var inputs = new ArrayList<LlbEdge>();
    tree.ifPresent(inputs::add);
    int shift = inputs.size();
    inputs.addAll(sources);
    var file = FileOp.newBuilder();
    for (int i = 0; i < actions.size(); i++) {
      var action = actions.get(i);
      action.setInput(i > 0 ? inputs.size() + i - 1L : shift - 1L);
      if (action.getSecondaryInput() >= 0) {
        action.setSecondaryInput(action.getSecondaryInput() + shift);
      }
      file.addActions(action.setOutput(i == actions.size() - 1 ? 0 : -1));
    }
    tree = Optional.of(vertex(Op.newBuilder().setFile(file).build(), inputs, "file.base"));
    actions.clear();
    sources.clear();
  }

  private void file(String verb, List<String> words) {
    var options = new HashMap<String, String>();
    words.removeIf(word -> option(word, options));
    var action = FileAction.newBuilder().setSecondaryInput(-1);
    switch (verb) {
      case "mkdir" ->
          action.setMkdir(
              FileActionMkDir.newBuilder()
                  .setPath(words.get(0))
                  .setMode(Integer.parseInt(words.get(1), 8))
                  .setMakeParents(options.containsKey("parents"))
                  .setTimestamp(time(options)));
      case "mkfile" ->
          action.setMkfile(
              FileActionMkFile.newBuilder()
                  .setPath(words.get(0))
                  .setMode(Integer.parseInt(words.get(1), 8))
                  .setData(data(words.size() > 2 ? words.get(2) : ""))
                  .setTimestamp(time(options)));
      case "symlink" ->
          action.setSymlink(
              FileActionSymlink.newBuilder()
                  .setOldpath(words.get(0))
                  .setNewpath(words.get(1))
                  .setTimestamp(time(options)));
      case "rm" ->
          action.setRm(
              FileActionRm.newBuilder()
                  .setPath(words.get(0))
                  .setAllowWildcard(options.containsKey("wild"))
                  .setAllowNotFound(options.containsKey("missing")));
      default -> copy(action, words, options);
    }
    owner(action, options);
    actions.add(action);
  }

  private static boolean option(String word, Map<String, String> options) {
    if (!word.startsWith("+")) {
      return false;
    }
    int equals = word.indexOf('=');
    options.put(
        word.substring(1, equals < 0 ? word.length() : equals),
        equals < 0 ? "" : word.substring(equals + 1));
    return true;
  }

  private static long time(Map<String, String> options) {
    return Long.parseLong(options.getOrDefault("time", "-1"));
  }

  private static ByteString data(String text) {
    return text.startsWith("hex:")
        ? ByteString.copyFrom(HexFormat.of().parseHex(text.substring(4)))
        : ByteString.copyFromUtf8(text.replace("\\n", "\n"));
  }

  private void copy(FileAction.Builder action, List<String> words, Map<String, String> options) {
    var from = words.get(0).split(":", 2);
    action.setSecondaryInput(input(from[0]));
    var copy =
        FileActionCopy.newBuilder()
            .setSrc(from[1])
            .setDest(words.get(1))
            .setMode(Integer.parseInt(options.getOrDefault("mode", "-1"), 8))
            .setModeStr(options.getOrDefault("modestr", ""))
            .setTimestamp(time(options))
            .setFollowSymlink(options.containsKey("follow"))
            .setDirCopyContents(options.containsKey("contents"))
            .setAttemptUnpackDockerCompatibility(options.containsKey("unpack"))
            .setCreateDestPath(options.containsKey("parents"))
            .setAllowWildcard(options.containsKey("wild"))
            .setAllowEmptyWildcard(options.containsKey("empty"))
            .setAlwaysReplaceExistingDestPaths(options.containsKey("replace"));
    Optional.ofNullable(options.get("inc"))
        .ifPresent(list -> copy.addAllIncludePatterns(List.of(list.split(",", -1))));
    Optional.ofNullable(options.get("exc"))
        .ifPresent(list -> copy.addAllExcludePatterns(List.of(list.split(",", -1))));
    action.setCopy(copy);
  }

  private int input(String name) {
    var edge = tree(name);
    if (edge.isEmpty()) {
      return -1;
    }
    sources.add(edge.get());
    return sources.size() - 1;
  }

  /** {@code +own=USER:GROUP}, numbers being ids; names are looked up in the tree {@code U}. */
  private void owner(FileAction.Builder action, Map<String, String> options) {
    var text = options.get("own");
    if (text == null) {
      return;
    }
    var parts = text.split(":", -1);
    var owner = ChownOpt.newBuilder();
    if (!parts[0].isEmpty()) {
      owner.setUser(user(parts[0]));
    }
    if (parts.length > 1) {
      owner.setGroup(user(parts[1]));
    }
    switch (action.getActionCase()) {
      case MKDIR -> action.getMkdirBuilder().setOwner(owner);
      case MKFILE -> action.getMkfileBuilder().setOwner(owner);
      case SYMLINK -> action.getSymlinkBuilder().setOwner(owner);
      case COPY -> action.getCopyBuilder().setOwner(owner);
      case RM, ACTION_NOT_SET -> throw new IllegalArgumentException("nothing to own");
    }
  }

  private UserOpt user(String text) {
    return text.matches("[0-9]+")
        ? UserOpt.newBuilder().setByID(Integer.parseUnsignedInt(text)).build()
        : UserOpt.newBuilder()
            .setByName(
                NamedUserOpt.newBuilder()
                    .setName(text.replace("'", ""))
                    // Known once there are all inputs; a base of its own makes it index 0.
                    .setInput(input("U") + (tree.isPresent() ? 1 : 0)))
            .build();
  }

  private void merge(List<String> names) {
    cut();
    var merge = MergeOp.newBuilder();
    var inputs = new ArrayList<LlbEdge>();
    for (var name : names) {
      var edge = tree(name);
      merge.addInputs(MergeInput.newBuilder().setInput(edge.isPresent() ? inputs.size() : -1));
      edge.ifPresent(inputs::add);
    }
    tree = Optional.of(vertex(Op.newBuilder().setMerge(merge).build(), inputs, "mergeop"));
  }

  private void diff(List<String> names) {
    cut();
    var inputs = new ArrayList<LlbEdge>();
    var indexes = new ArrayList<Integer>();
    for (var name : names) {
      var edge = tree(name);
      indexes.add(edge.isPresent() ? inputs.size() : -1);
      edge.ifPresent(inputs::add);
    }
    var diff =
        DiffOp.newBuilder()
            .setLower(LowerDiffInput.newBuilder().setInput(indexes.get(0)))
            .setUpper(UpperDiffInput.newBuilder().setInput(indexes.get(1)));
    tree = Optional.of(vertex(Op.newBuilder().setDiff(diff).build(), inputs, "diffop"));
  }

  /** Runs a shell line in the tree, the tools coming from the tree {@code B}. */
  private void run(String line) {
    cut();
    var inputs = new ArrayList<LlbEdge>();
    tree.ifPresent(inputs::add);
    inputs.add(tree("B").orElseThrow());
    var meta =
        Meta.newBuilder()
            .addAllArgs(List.of("/bb/busybox", "sh", "-ec", line.replace("%", ";")))
            .addEnv("PATH=/bb")
            .setCwd("/");
    var exec =
        ExecOp.newBuilder()
            .setMeta(meta)
            .setNetwork(NetMode.NONE)
            .addMounts(
                Mount.newBuilder().setDest("/").setInput(tree.isPresent() ? 0 : -1).setOutput(0))
            .addMounts(
                Mount.newBuilder()
                    .setDest("/bb")
                    .setInput(inputs.size() - 1L)
                    .setOutput(-1)
                    .setReadonly(true));
    tree =
        Optional.of(
            vertex(
                Op.newBuilder().setExec(exec).build(),
                inputs,
                "exec.meta.base",
                "exec.mount.bind"));
  }
}
