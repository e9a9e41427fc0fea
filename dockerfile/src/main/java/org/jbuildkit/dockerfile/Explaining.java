package org.jbuildkit.dockerfile;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.base.UserInfo;
import org.jbuildkit.dockerfile.explain.Explanation;
import org.jbuildkit.dockerfile.explain.ExplanationJson;
import org.jbuildkit.dockerfile.explain.ExplanationPicture;
import org.jbuildkit.dockerfile.explain.ExplanationText;
import org.jbuildkit.dockerfile.syntax.Instruction;
import org.jbuildkit.llb.LlbEdge;

/** Explains a conversion that was traced. */
final class Explaining {
  private static final Set<String> PROXIES =
      Set.of("http_proxy", "https_proxy", "ftp_proxy", "no_proxy", "all_proxy");

  /** Well below what a message may hold. */
  private static final long MOST_BYTES = 12 << 20;

  /** More stages are not named in a sentence. */
  private static final int MOST_NAMES = 10;

  private final ExplanationTrace trace;
  private final StageGraph graph;
  private final Stage target;
  private final Set<Stage> needed;
  private final ExplanationGraph vertices;
  private final Map<Stage, List<ExplanationTrace.Applied>> byStage = new HashMap<>();
  private final Map<Stage, List<Stage>> needs = new HashMap<>();
  private final Map<Stage, List<Stage>> users = new HashMap<>();

  Explaining(ExplanationTrace trace) {
    var begun = trace.begun();
    this.trace = trace;
    this.graph = begun.graph();
    this.target = begun.target();
    this.needed = begun.needed();
    var trees = new ArrayList<LlbEdge>();
    for (var step : trace.steps()) {
      byStage.computeIfAbsent(step.stage(), _ -> new ArrayList<>()).add(step);
      step.after().ifPresent(trees::add);
    }
    for (var stage : graph.stages()) {
      needs.put(stage, graph.needs(stage));
      for (var used : Set.copyOf(graph.needs(stage))) {
        users.computeIfAbsent(used, _ -> new ArrayList<>()).add(stage);
      }
      if (needed.contains(stage)) {
        base(stage, byStage.getOrDefault(stage, List.of())).ifPresent(trees::add);
      }
    }
    this.vertices = new ExplanationGraph(target.tree, trees);
  }

  Explanation.Graph graph() {
    var stages = graph.stages().stream().map(this::stage).toList();
    return new Explanation.Graph(
        trace.begun().scene().target.formatAll(),
        target.index,
        stages,
        vertices.sources(),
        arguments());
  }

  private Explanation.Stage stage(Stage stage) {
    boolean isNeeded = needed.contains(stage);
    var applied = byStage.getOrDefault(stage, List.of());
    var steps = new ArrayList<Explanation.Step>();
    var base = isNeeded ? base(stage, applied) : Optional.<LlbEdge>empty();
    var replacedBy = stage.named.map(named -> UserInfo.maskedIn(named.value())).orElse("");
    if (isNeeded) {
      steps.add(from(stage, base));
    }
    for (int i = 0; i < applied.size(); i++) {
      steps.add(step(stage.index + "." + (i + 1), applied.get(i)));
    }
    return new Explanation.Stage(
        stage.index,
        stage.displayName(),
        stage.from.line().firstLine(),
        stage.base,
        base.map(vertices::owner).orElse(""),
        isNeeded ? stage.platform.formatAll() : "",
        names(isNeeded && !replacedBy.isEmpty() ? Stream.of() : needs(stage)),
        names(users(stage).filter(needed::contains)),
        isNeeded ? replacedBy : "",
        isNeeded ? "" : skipped(stage),
        steps);
  }

  /** What the stage starts from. */
  private static Optional<LlbEdge> base(Stage stage, List<ExplanationTrace.Applied> applied) {
    return applied.isEmpty() ? stage.tree : applied.getFirst().before();
  }

  /** FROM makes vertices only where its base was made elsewhere. */
  private Explanation.Step from(Stage stage, Optional<LlbEdge> base) {
    var id = stage.index + ".0";
    var taken =
        base.filter(tree -> vertices.owner(tree).isEmpty())
            .map(tree -> vertices.take(id, tree, Map.of()))
            .orElse(List.of());
    boolean isCounted = stage.baseStage.isEmpty() && base.filter(Explaining::isCounted).isPresent();
    var line = stage.from.line();
    return new Explanation.Step(
        id,
        isCounted ? "%s 1/%d".formatted(stage.displayName(), stage.steps) : "",
        line.firstLine(),
        line.lastLine(),
        UserInfo.maskedIn(line.original()),
        false,
        taken);
  }

  /** Whether a base is a step of its own; contexts that stand in for images are not. */
  private static boolean isCounted(LlbEdge base) {
    return base.vertex()
        .metadata()
        .getDescriptionOrDefault(BuildScene.CUSTOM_NAME, "")
        .contains("] FROM ");
  }

  private Explanation.Step step(String id, ExplanationTrace.Applied applied) {
    var line = applied.instruction().line();
    List<Explanation.Vertex> taken =
        applied.label().isEmpty()
            ? List.of()
            : applied
                .after()
                .map(tree -> vertices.take(id, tree, applied.origins()))
                .orElse(List.of());
    return new Explanation.Step(
        id,
        applied.label(),
        line.firstLine(),
        line.lastLine(),
        UserInfo.maskedIn(line.original()),
        applied.isTrigger(),
        taken);
  }

  private static List<String> names(Stream<Stage> stages) {
    return stages.map(Stage::displayName).distinct().toList();
  }

  private Stream<Stage> needs(Stage stage) {
    return needs.getOrDefault(stage, List.of()).stream();
  }

  /** The stages that take from one, in the file's order. */
  private Stream<Stage> users(Stage stage) {
    return users.getOrDefault(stage, List.of()).stream();
  }

  private String skipped(Stage stage) {
    var others = graph.stages().stream().filter(s -> needed.contains(s) && s != target);
    var used = some(users(stage));
    return "%s needs %s; %s"
        .formatted(
            target.displayName(),
            some(others).map(names -> "only " + names).orElse("no other stage"),
            used.map(names -> "used only by " + names + ", not built either")
                .orElse("no stage takes from it"));
  }

  /** The names of a few stages. */
  private static Optional<String> some(Stream<Stage> stages) {
    var names = names(stages);
    int more = names.size() - MOST_NAMES;
    var all = String.join(", ", names.subList(0, Math.min(MOST_NAMES, names.size())));
    return names.isEmpty()
        ? Optional.empty()
        : Optional.of(more > 0 ? all + " and " + more + " more" : all);
  }

  private List<Explanation.Argument> arguments() {
    var arguments = trace.begun().scene().arguments;
    Map<String, Set<Integer>> lines = new LinkedHashMap<>();
    arguments.declared().forEach((name, arg) -> add(lines, name, arg.line().firstLine()));
    for (var step : trace.steps()) {
      if (step.instruction() instanceof Instruction.Arg arg) {
        arg.pairs().forEach(pair -> add(lines, pair.name(), arg.line().firstLine()));
      }
    }
    var values = new TreeMap<String, String>();
    arguments.declared().forEach((name, arg) -> values.put(name, arg.value()));
    values.putAll(arguments.given());
    var all = new ArrayList<Explanation.Argument>();
    values.forEach((name, value) -> {
      boolean isGiven = arguments.given(name).isPresent();
      var declared = lines.getOrDefault(name, Set.of());
      all.add(
          new Explanation.Argument(
              name,
              UserInfo.maskedIn(value),
              isGiven ? "--build-arg" : "ARG",
              List.copyOf(declared),
              declared.isEmpty() ? note(name) : ""));
    });
    return all;
  }

  private static void add(Map<String, Set<Integer>> lines, String name, int line) {
    lines.computeIfAbsent(name, _ -> new TreeSet<>()).add(line);
  }

  private static String note(String name) {
    if (PROXIES.contains(name.toLowerCase(Locale.ROOT))) {
      return "given to processes as the proxy, in no key";
    }
    if (name.startsWith("BUILDKIT_") || name.equals("SOURCE_DATE_EPOCH")) {
      return "read by the frontend itself";
    }
    return "declared by no stage that is built: without effect";
  }

  /**
   * The answer to a request for an explanation.
   *
   * @throws BuildException if it is more than can be sent
   */
  static FrontendResult answer(Explanation explanation) {
    var answer =
        Subrequests.answer(ExplanationJson.of(explanation), ExplanationText.of(explanation));
    var metadata = new LinkedHashMap<>(answer.metadata());
    metadata.put("result.svg", ExplanationPicture.of(explanation).getBytes(UTF_8));
    long size = metadata.values().stream().mapToLong(bytes -> bytes.length).sum();
    if (size > MOST_BYTES) {
      throw new BuildException(
          ErrorCode.RESOURCE_EXHAUSTED,
          "the explanation has %d bytes, which is more than the %d that can be sent"
              .formatted(size, MOST_BYTES));
    }
    return new FrontendResult(answer.trees(), false, metadata);
  }
}
