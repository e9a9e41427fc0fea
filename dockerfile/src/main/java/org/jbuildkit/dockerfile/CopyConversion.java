package org.jbuildkit.dockerfile;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ContainerPath;
import org.jbuildkit.base.UserInfo;
import org.jbuildkit.base.glob.Wildcard;
import org.jbuildkit.dockerfile.syntax.Instruction;
import org.jbuildkit.dockerfile.syntax.RawText;
import org.jbuildkit.llb.LlbEdge;
import org.jbuildkit.llb.Ops;
import org.jbuildkit.protocol.pb.ChownOpt;
import org.jbuildkit.protocol.pb.FileAction;
import org.jbuildkit.protocol.pb.FileActionCopy;
import org.jbuildkit.protocol.pb.NamedUserOpt;
import org.jbuildkit.protocol.pb.OpMetadata;
import org.jbuildkit.protocol.pb.ProgressGroup;
import org.jbuildkit.protocol.pb.UserOpt;

/** Turns COPY and ADD into file ops, and into a merge on top where {@code --link} asks for it. */
final class CopyConversion {
  private static final String SYMBOLIC_CLAUSE = "[ugoa]*([+=-]([rstwxX]*|[ugo]))+";
  private static final String SYMBOLIC_MODE = SYMBOLIC_CLAUSE + "(," + SYMBOLIC_CLAUSE + ")*";

  private static final int MAX_MODE = 1000;

  private final BuildScene scene;
  private final Stage stage;
  private final Instruction.Copy copy;
  private final CopyRequest request;
  private final StageChecks checks;
  private final StepNames names;

  CopyConversion(
      BuildScene scene,
      Stage stage,
      Instruction.Copy copy,
      CopyRequest request,
      StageChecks checks) {
    this.scene = scene;
    this.stage = stage;
    this.copy = copy;
    this.request = request;
    this.checks = checks;
    this.names = new StepNames(scene);
  }

  /**
   * Appends to the stage's tree.
   *
   * @param from the tree copied from; nothing is the build context
   * @param id of the progress group of a linked copy
   */
  void append(Optional<Optional<LlbEdge>> from, String id) {
    checkChecksum();
    boolean links = copy.flags().link() && request.chmod().isEmpty();
    var base = links ? Optional.<LlbEdge>empty() : stage.tree;
    var prototype = prototype(base);
    var text = UserInfo.maskedIn(names.text(stage, copy.line()));
    var platform = Optional.of(stage.platform);
    var name = names.next(stage, text, platform, stage.environment);
    var actions = actions(from, prototype, name);
    boolean ignores = scene.options.ignoresCache(stage.from.stage());
    var about = scene.about(copy.line(), name, Optional.empty(), ignores);
    if (!links) {
      stage.tree = Optional.of(Ops.file(stage.tree, actions, about));
      return;
    }
    var group = ProgressGroup.newBuilder().setId(id).setName(name);
    var weak = grouped(about, group.setWeak(true).build(), name);
    var copied = Ops.file(Optional.empty(), actions, weak);
    var trees = new ArrayList<LlbEdge>();
    stage.tree.ifPresent(trees::add);
    trees.add(copied);
    var linkName = names.current(stage, "LINK " + text, platform, stage.environment);
    stage.tree = Ops.merge(trees, grouped(about, group.setWeak(false).build(), linkName));
  }

  private void checkChecksum() {
    if (request.checksum().isEmpty()) {
      return;
    }
    if (request.sources().size() != 1) {
      throw BuildException.invalid("checksum can't be specified for multiple sources");
    }
    var source = request.sources().getFirst();
    if (!RemoteSource.isHttp(source) && !RemoteSource.isGit(source)) {
      throw BuildException.invalid("checksum requires HTTP(S) or Git sources");
    }
  }

  private static Ops.About grouped(Ops.About about, ProgressGroup group, String name) {
    var metadata =
        OpMetadata.newBuilder(about.metadata())
            .putDescription(BuildScene.CUSTOM_NAME, name)
            .setProgressGroup(group)
            .build();
    return new Ops.About(metadata, about.locations());
  }

  private List<Ops.Action> actions(
      Optional<Optional<LlbEdge>> from, FileActionCopy prototype, String name) {
    var remote = new RemoteSource(scene, request, name);
    var actions = new ArrayList<Ops.Action>();
    for (var source : request.sources()) {
      actions.add(remote.action(source, prototype).orElseGet(() -> local(source, from, prototype)));
    }
    for (var document : request.documents()) {
      actions.add(inline(document, prototype));
    }
    return actions;
  }

  /** The path as it is inside of the tree. */
  private String inside(String path) {
    return stage.isWindows() ? WindowsPaths.withoutDrive(path) : path;
  }

  private String destination(String path) {
    if (path.isEmpty() || path.equals(".")) {
      return join("./");
    }
    return join(path);
  }

  /** Absolute and clean, with the slash or dot at the end that says that it is a directory. */
  private String join(String path) {
    var base = stage.workingDir.isEmpty() ? "/" : stage.workingDir;
    var clean = new ContainerPath(path.startsWith("/") ? path : base + "/" + path).value();
    if (path.endsWith("/.")) {
      return clean.equals("/") ? "/." : clean + "/.";
    }
    return path.endsWith("/") && !clean.equals("/") ? clean + "/" : clean;
  }

  /** What all actions of the instruction have. */
  private FileActionCopy prototype(Optional<LlbEdge> base) {
    var chmod = request.chmod();
    var action =
        FileActionCopy.newBuilder()
            .setDest(destination(inside(request.destination())))
            .setMode(-1)
            .setTimestamp(-1)
            .setCreateDestPath(true)
            .addAllExcludePatterns(copy.flags().exclude());
    if (!chmod.isEmpty()) {
      if (Character.isDigit(chmod.charAt(0))) {
        action.setMode(octal(chmod));
      } else {
        if (chmod.length() > MAX_MODE || !chmod.matches(SYMBOLIC_MODE)) {
          throw BuildException.invalid("invalid syntax");
        }
        action.setMode(0).setModeStr(chmod);
      }
    }
    owner(request.chown(), base).ifPresent(action::setOwner);
    return action.build();
  }

  private static int octal(String chmod) {
    try {
      int mode = Integer.parseInt(chmod, 8);
      if (mode <= 07777) {
        return mode;
      }
    } catch (NumberFormatException e) {
      // Falls through to the one text for both mistakes.
    }
    throw BuildException.invalid(
        "invalid chmod parameter: '%s'. it should be octal string and between 0 and 07777"
            .formatted(chmod));
  }

  static Optional<ChownOpt> owner(String chown, Optional<LlbEdge> base) {
    if (chown.isEmpty()) {
      return Optional.empty();
    }
    var parts = chown.split(":", 2);
    var owner = ChownOpt.newBuilder().setUser(user(parts[0], base));
    if (parts.length > 1) {
      owner.setGroup(user(parts[1], base));
    }
    return Optional.of(owner.build());
  }

  private static UserOpt user(String text, Optional<LlbEdge> base) {
    if (text.isEmpty() || text.equals("root")) {
      return UserOpt.newBuilder().setByID(0).build();
    }
    if (text.matches("\\d{1,10}") && Long.parseLong(text) <= 0xFFFFFFFFL) {
      return UserOpt.newBuilder().setByID((int) Long.parseLong(text)).build();
    }
    var named = NamedUserOpt.newBuilder().setName(text).setInput(base.isPresent() ? 0 : -1);
    return UserOpt.newBuilder().setByName(named).build();
  }

  private Ops.Action local(
      String source, Optional<Optional<LlbEdge>> from, FileActionCopy prototype) {
    if (from.isEmpty() && scene.mayCheckIgnored()) {
      checks.source(copy.isAdd(), ContainerPath.cleaned(source), scene.ignored());
    }
    var action =
        prototype.toBuilder()
            .setFollowSymlink(true)
            .setDirCopyContents(true)
            .setAllowWildcard(true)
            .setAllowEmptyWildcard(true);
    var plain = inside(source);
    var path = new ContainerPath(plain).value();
    action.setSrc(path);
    if (copy.flags().parents()) {
      parents(action, plain);
    }
    action.setAttemptUnpackDockerCompatibility(copy.flags().unpack().orElse(copy.isAdd()));
    var tree = from.isPresent() ? from.get() : Optional.of(scene.contextFor(path));
    return new Ops.Action(FileAction.newBuilder().setCopy(action), tree);
  }

  /** {@code a/./b/c} copies {@code b/c} from {@code a} with the directories on its way. */
  private static void parents(FileActionCopy.Builder action, String source) {
    int pivot = source.indexOf("/./");
    var base = pivot < 0 ? "/" : new ContainerPath(source.substring(0, pivot)).value();
    var rest = pivot < 0 ? source : source.substring(pivot + 3);
    var pattern = new ContainerPath(rest).value().substring(1);
    action.setSrc(base).addIncludePatterns(pattern);
    if (!Wildcard.isIn(base) && !Wildcard.isIn(pattern)) {
      action.addRequiredPaths(new ContainerPath(base + "/" + pattern).value());
    }
  }

  private static Ops.Action inline(CopyRequest.Document document, FileActionCopy prototype) {
    var path = new ContainerPath("/" + document.name()).value();
    var file =
        Ops.inlineFile(
            path,
            0644,
            RawText.encode(document.content()),
            Ops.About.named("[internal] preparing inline document"));
    var action = prototype.toBuilder().setSrc(path);
    return new Ops.Action(FileAction.newBuilder().setCopy(action), Optional.of(file));
  }
}
