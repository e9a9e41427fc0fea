package org.jbuildkit.dockerfile;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ContainerPath;
import org.jbuildkit.base.glob.Wildcard;
import org.jbuildkit.dockerfile.syntax.Heredoc;
import org.jbuildkit.dockerfile.syntax.Instruction;
import org.jbuildkit.dockerfile.syntax.Words;
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

  private final BuildScene scene;
  private final Stage stage;
  private final Instruction.Copy copy;
  private final UnaryOperator<String> expand;

  /**
   * @param expand replaces variables in a word
   */
  CopyConversion(
      BuildScene scene, Stage stage, Instruction.Copy copy, UnaryOperator<String> expand) {
    this.scene = scene;
    this.stage = stage;
    this.copy = copy;
    this.expand = expand;
  }

  /**
   * Appends to the stage's tree.
   *
   * @param from the tree copied from; nothing is the build context
   * @param name the step's name
   * @param id of the progress group of a linked copy
   */
  void append(Optional<Optional<LlbEdge>> from, String name, String id) {
    var chmod = expand.apply(copy.flags().chmod());
    boolean links = copy.flags().link() && chmod.isEmpty();
    var actions = actions(from, chmod, links ? Optional.empty() : stage.tree);
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
    var linked = grouped(about, group.setWeak(false).build(), linkName(name));
    stage.tree = Ops.merge(trees, linked);
  }

  private static String linkName(String name) {
    int end = name.startsWith("[") ? name.indexOf("] ") : -1;
    return end < 0
        ? "LINK " + name
        : name.substring(0, end + 2) + "LINK " + name.substring(end + 2);
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
      Optional<Optional<LlbEdge>> from, String chmod, Optional<LlbEdge> base) {
    var arguments = copy.arguments();
    var destination = destination(expand.apply(arguments.getLast()));
    var actions = new ArrayList<Ops.Action>();
    for (var argument : arguments.subList(0, arguments.size() - 1)) {
      if (heredoc(argument).isEmpty()) {
        actions.add(local(expand.apply(argument), destination, from, chmod, base));
      }
    }
    for (var argument : arguments.subList(0, arguments.size() - 1)) {
      heredoc(argument)
          .ifPresent(document -> actions.add(inline(document, destination, chmod, base)));
    }
    return actions;
  }

  private Optional<Heredoc> heredoc(String argument) {
    var trimmed = argument.replaceFirst("^\\d*<<-?\\s*", "").replaceAll("[\"'\\\\]", "");
    if (!argument.matches("\\d*<<.*")) {
      return Optional.empty();
    }
    return copy.line().heredocs().stream()
        .filter(document -> document.name().equals(trimmed))
        .reduce((_, last) -> last);
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

  private FileActionCopy.Builder copy(String chmod, Optional<LlbEdge> base) {
    var action =
        FileActionCopy.newBuilder()
            .setMode(-1)
            .setTimestamp(-1)
            .setCreateDestPath(true)
            .addAllExcludePatterns(copy.flags().exclude());
    if (!chmod.isEmpty()) {
      if (Character.isDigit(chmod.charAt(0))) {
        action.setMode(octal(chmod));
      } else {
        if (!chmod.matches(SYMBOLIC_MODE)) {
          throw BuildException.invalid("invalid syntax");
        }
        action.setMode(0).setModeStr(chmod);
      }
    }
    owner(expand.apply(copy.flags().chown()), base).ifPresent(action::setOwner);
    return action;
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
      String source,
      String destination,
      Optional<Optional<LlbEdge>> from,
      String chmod,
      Optional<LlbEdge> base) {
    if (source.startsWith("http://") || source.startsWith("https://")) {
      throw BuildException.invalid(
          copy.isAdd()
              ? "ADD of a URL is not supported by this frontend: " + source
              : "source can't be a URL for COPY");
    }
    var action =
        copy(chmod, base)
            .setFollowSymlink(true)
            .setDirCopyContents(true)
            .setAllowWildcard(true)
            .setAllowEmptyWildcard(true)
            .setDest(destination);
    var path = new ContainerPath(source).value();
    action.setSrc(path);
    if (copy.flags().parents()) {
      parents(action, source);
    }
    if (copy.isAdd()) {
      action.setAttemptUnpackDockerCompatibility(copy.flags().unpack().orElse(true));
    }
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

  private Ops.Action inline(
      Heredoc document, String destination, String chmod, Optional<LlbEdge> base) {
    var content = document.content();
    if (document.expands()) {
      content = Words.expand(content, '\\', stage.environment::get, Words.Style.DOCUMENT);
    }
    var path = "/" + document.name();
    var file =
        Ops.inlineFile(
            path,
            0644,
            content.getBytes(StandardCharsets.UTF_8),
            Ops.About.named("[internal] preparing inline document"));
    var action = copy(chmod, base).setSrc(path).setDest(destination);
    return new Ops.Action(FileAction.newBuilder().setCopy(action), Optional.of(file));
  }

  /** The instruction in the image history. */
  String history() {
    var text = new StringBuilder(copy.isAdd() ? "ADD" : "COPY");
    if (copy.flags().parents()) {
      text.append(" --parents");
    }
    var chown = expand.apply(copy.flags().chown());
    var chmod = expand.apply(copy.flags().chmod());
    text.append(chown.isEmpty() ? "" : " --chown=" + chown);
    text.append(chmod.isEmpty() ? "" : " --chmod=" + chmod);
    var arguments = copy.arguments();
    for (var argument : arguments.subList(0, arguments.size() - 1)) {
      if (heredoc(argument).isEmpty()) {
        text.append(' ').append(expand.apply(argument));
      }
    }
    for (var argument : arguments.subList(0, arguments.size() - 1)) {
      heredoc(argument).ifPresent(document -> text.append(" <<").append(document.name()));
    }
    return text + " " + expand.apply(arguments.getLast()) + " # buildkit";
  }
}
