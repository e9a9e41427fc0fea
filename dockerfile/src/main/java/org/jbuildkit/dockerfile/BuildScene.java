package org.jbuildkit.dockerfile;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jbuildkit.base.glob.PatternMatcher;
import org.jbuildkit.dockerfile.lint.Linter;
import org.jbuildkit.dockerfile.syntax.Line;
import org.jbuildkit.dockerfile.syntax.ParsedFile;
import org.jbuildkit.llb.LlbEdge;
import org.jbuildkit.llb.Ops;
import org.jbuildkit.llb.SourceLocation;
import org.jbuildkit.llb.SourceText;
import org.jbuildkit.oci.Platform;
import org.jbuildkit.protocol.pb.OpMetadata;

/**
 * What all stages of one conversion share.
 *
 * <p>Vertices of local directories are keyed by the paths that are used of them, which are known
 * only at the end: the first conversion of a file collects them with whole directories, the second
 * one uses the right ones.
 */
final class BuildScene {
  private static final long MOST_IGNORE_TESTS = 500_000;

  static final String CUSTOM_NAME = "llb.customname";
  static final String COMMAND = "com.docker.dockerfile.v1.command";

  final FrontendOptions options;
  final FrontendClient client;
  final BuildArguments arguments;
  final Input input;
  final SourceText text;
  final char escape;
  final Platform target;
  final Linter lint;
  private final ContextSource contexts;
  private Optional<Context> context = Optional.empty();
  final Set<String> contextPaths = new TreeSet<>();

  /** What is used of stages that are named contexts, by the stage's index. */
  final Map<Integer, SortedSet<String>> stagePaths = new HashMap<>();

  /** What an earlier conversion of the file found to be used, in the same form. */
  Map<Integer, SortedSet<String>> knownPaths = Map.of();

  /** The time that new things have, if one is set. */
  Optional<Instant> epoch = Optional.empty();

  /** Whether a process has no arguments, which is noticed when all is converted. */
  boolean hasEmptyCommand;

  int states;

  /** Who is told of every step. */
  StepTrace trace = StepTrace.NONE;

  private long ignoreTests;

  /**
   * What is converted.
   *
   * @param allStages whether stages count that the target does not need
   */
  record Input(SourceText text, ParsedFile file, boolean allStages) {}

  /**
   * The build context.
   *
   * @param ignored matches what it leaves out; empty if it is nothing
   */
  record Context(LlbEdge tree, Optional<PatternMatcher> ignored) {}

  /** Finds the context, which may need a look at the client's files. */
  @FunctionalInterface
  interface ContextSource {
    Context load() throws InterruptedException;
  }

  BuildScene(
      FrontendOptions options,
      FrontendClient client,
      Input input,
      Platform target,
      ContextSource contexts,
      Linter lint) {
    this.options = options;
    this.client = client;
    this.arguments = new BuildArguments(options.all());
    this.input = input;
    this.text = input.text();
    this.escape = input.file().escape();
    this.target = target;
    this.contexts = contexts;
    this.lint = lint;
  }

  /** A scene without a file, for whoever only looks names up. */
  static BuildScene bare(FrontendOptions options, FrontendClient client) {
    var text = new SourceText("", "", new byte[0], Optional.empty());
    var file = new ParsedFile(List.of(), '\\');
    var nothing =
        Ops.source("local://", Map.of(), Optional.empty(), List.of(), Ops.About.named(""));
    return new BuildScene(
        options,
        client,
        new Input(text, file, false),
        client.buildPlatform(),
        () -> new Context(nothing, Optional.empty()),
        Linter.silent());
  }

  /** The build context, of which this path is used. */
  LlbEdge contextFor(String path) {
    contextPaths.add(path);
    return context().tree();
  }

  /** The build context, of which nothing is used thereby. */
  LlbEdge contextTree() {
    return context().tree();
  }

  /** Whether one more source may be compared with all patterns: both may be very many. */
  boolean mayCheckIgnored() {
    ignoreTests += ignored().map(PatternMatcher::size).orElse(0);
    return ignoreTests <= MOST_IGNORE_TESTS;
  }

  /** What the context leaves out. */
  Optional<PatternMatcher> ignored() {
    return context().ignored();
  }

  private Context context() {
    return context.orElseThrow(() -> new IllegalStateException("the context is not loaded yet"));
  }

  /** Finds the context, once all bases are known. */
  void loadContext() throws InterruptedException {
    context = Optional.of(contexts.load());
  }

  SourceLocation location(Line line) {
    return new SourceLocation(text, line.ranges());
  }

  /** What is said of an instruction's vertex. */
  Ops.About about(Line line, String name, Optional<String> command, boolean ignoreCache) {
    var metadata = OpMetadata.newBuilder().putDescription(CUSTOM_NAME, name);
    command.ifPresent(value -> metadata.putDescription(COMMAND, value));
    metadata.setIgnoreCache(ignoreCache);
    return new Ops.About(metadata.build(), List.of(location(line)));
  }
}
