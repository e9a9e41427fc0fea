package org.jbuildkit.benchmarks.soak;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.jbuildkit.llb.LlbEdge;
import org.jbuildkit.llb.LlbVertex;
import org.jbuildkit.llb.Ops;
import org.jbuildkit.oci.Platform;
import org.jbuildkit.protocol.pb.DiffOp;
import org.jbuildkit.protocol.pb.ExecOp;
import org.jbuildkit.protocol.pb.FileAction;
import org.jbuildkit.protocol.pb.FileActionCopy;
import org.jbuildkit.protocol.pb.FileActionMkFile;
import org.jbuildkit.protocol.pb.FileActionRm;
import org.jbuildkit.protocol.pb.LowerDiffInput;
import org.jbuildkit.protocol.pb.Meta;
import org.jbuildkit.protocol.pb.Mount;
import org.jbuildkit.protocol.pb.NetMode;
import org.jbuildkit.protocol.pb.Op;
import org.jbuildkit.protocol.pb.UpperDiffInput;

/** A graph of file, merge, diff and exec vertices that a seed determines. */
final class RandomGraph {
  static final String SHELL = "/sh";
  private static final Platform PLATFORM = Platform.parse("linux/amd64");
  private static final int NAMES = 12;

  private final Random random;
  private final byte[] shell;
  private final List<Tree> trees = new ArrayList<>();

  private RandomGraph(long seed, byte[] shell) {
    this.random = new Random(seed);
    this.shell = shell;
  }

  /** The tree to ask for. */
  static Tree of(long seed, byte[] shell) {
    var graph = new RandomGraph(seed, shell);
    graph.trees.add(graph.withShell());
    graph.trees.add(graph.write(Optional.empty()));
    int size = 4 + graph.random.nextInt(36);
    for (int i = 0; i < size; i++) {
      graph.trees.add(graph.next());
    }
    return graph.trees.getLast();
  }

  private Tree next() {
    return switch (random.nextInt(10)) {
      case 0 -> write(Optional.empty());
      case 1, 2 -> write(Optional.of(any()));
      case 3 -> copy(any(), any());
      case 4 -> remove(any());
      case 5, 6 -> run(anyWithShell());
      case 7, 8 -> merge();
      default -> changesOf(any());
    };
  }

  private Tree any() {
    return trees.get(random.nextInt(trees.size()));
  }

  private Tree anyWithShell() {
    var able = trees.stream().filter(Tree::hasShell).toList();
    return able.get(random.nextInt(able.size()));
  }

  private String name() {
    return "/f" + random.nextInt(NAMES);
  }

  private String content() {
    return Integer.toString(random.nextInt(1000));
  }

  private Tree withShell() {
    var edge = Ops.inlineFile(SHELL, 0755, shell, Ops.About.named("shell"));
    // Its content is left out of what is compared.
    return new Tree(edge, Effect.NONE, Effect.NONE, Optional.empty(), true);
  }

  private Tree write(Optional<Tree> base) {
    var path = name();
    var content = content();
    var file =
        FileActionMkFile.newBuilder()
            .setPath(path)
            .setMode(0644)
            .setData(ByteString.copyFromUtf8(content))
            .setTimestamp(-1);
    var action = new Ops.Action(FileAction.newBuilder().setMkfile(file), Optional.empty());
    var edge = Ops.file(base.map(Tree::edge), List.of(action), Ops.About.named("write"));
    return on(base, edge, Effect.NONE.writing(path, content));
  }

  private static Tree on(Optional<Tree> base, LlbEdge edge, Effect own) {
    var whole = base.map(Tree::whole).orElse(Effect.NONE).then(own);
    return new Tree(edge, whole, own, base, base.filter(Tree::hasShell).isPresent());
  }

  private Tree copy(Tree base, Tree from) {
    if (from.whole().set().isEmpty()) {
      return write(Optional.of(base));
    }
    var names = List.copyOf(from.whole().set().keySet());
    var source = names.get(random.nextInt(names.size()));
    var target = name();
    var content = from.whole().set().getOrDefault(source, "");
    if (content.equals(base.whole().set().get(target))) {
      // It may be the same file, time and all: then nothing changes.
      return write(Optional.of(base));
    }
    var copy =
        FileActionCopy.newBuilder().setSrc(source).setDest(target).setMode(-1).setTimestamp(-1);
    var action = new Ops.Action(FileAction.newBuilder().setCopy(copy), Optional.of(from.edge()));
    var edge = Ops.file(Optional.of(base.edge()), List.of(action), Ops.About.named("copy"));
    return on(Optional.of(base), edge, Effect.NONE.writing(target, content));
  }

  private Tree remove(Tree base) {
    if (base.whole().set().isEmpty()) {
      return write(Optional.of(base));
    }
    var names = List.copyOf(base.whole().set().keySet());
    var path = names.get(random.nextInt(names.size()));
    var action =
        new Ops.Action(
            FileAction.newBuilder().setRm(FileActionRm.newBuilder().setPath(path)),
            Optional.empty());
    var edge = Ops.file(Optional.of(base.edge()), List.of(action), Ops.About.named("remove"));
    return on(Optional.of(base), edge, Effect.NONE.removing(path));
  }

  private Tree run(Tree base) {
    var path = name();
    var content = content();
    var exec =
        ExecOp.newBuilder()
            .setMeta(
                Meta.newBuilder()
                    .addAllArgs(List.of(SHELL, "-c", "printf %s > %s".formatted(content, path)))
                    .setCwd("/")
                    .setRemoveMountStubsRecursive(true))
            .setNetwork(NetMode.NONE)
            .addMounts(Mount.newBuilder().setDest("/"))
            .build();
    var edge =
        Ops.exec(
            exec,
            List.of(base.edge()),
            PLATFORM,
            List.of("exec.meta.base"),
            Ops.About.named("run"));
    return on(Optional.of(base), edge, Effect.NONE.writing(path, content));
  }

  private Tree merge() {
    int count = 2 + random.nextInt(3);
    var inputs = new ArrayList<Tree>();
    var whole = Effect.NONE;
    for (int i = 0; i < count; i++) {
      var input = any();
      inputs.add(input);
      whole = whole.then(input.whole());
    }
    var edges = inputs.stream().map(Tree::edge).toList();
    var edge = Ops.merge(edges, Ops.About.named("merge")).orElseThrow();
    boolean hasShell = inputs.stream().anyMatch(Tree::hasShell);
    return new Tree(edge, whole, whole, Optional.empty(), hasShell);
  }

  /** What a tree has that one that it was made of has not. */
  private Tree changesOf(Tree upper) {
    var lower = upper;
    var own = Effect.NONE;
    int steps = 1 + random.nextInt(3);
    while (steps-- > 0 && lower.parent().isPresent()) {
      own = lower.own().then(own);
      lower = lower.parent().get();
    }
    if (upper.parent().isEmpty()) {
      return write(Optional.of(upper));
    }
    var diff =
        DiffOp.newBuilder()
            .setLower(LowerDiffInput.newBuilder().setInput(0))
            .setUpper(UpperDiffInput.newBuilder().setInput(1));
    var vertex =
        LlbVertex.of(
            Op.newBuilder().setDiff(diff).build(),
            List.of(lower.edge(), upper.edge()),
            Ops.About.named("changes").metadata(),
            List.of());
    return new Tree(vertex.output(0), own, own, Optional.empty(), false);
  }
}
