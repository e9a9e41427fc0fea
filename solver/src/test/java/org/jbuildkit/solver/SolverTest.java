package org.jbuildkit.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Digest;
import org.jbuildkit.base.TaskScope;
import org.junit.jupiter.api.Test;

class SolverTest {
  private record Build(String id) implements Participant {}

  /** A value as a result; handles are counted. */
  private record Value(String text, AtomicInteger open) implements Result {
    Value {
      open.incrementAndGet();
    }

    @Override
    public Result retain() {
      return new Value(text, open);
    }

    @Override
    public void close() {
      open.decrementAndGet();
    }
  }

  private final AtomicInteger open = new AtomicInteger();
  private final AtomicInteger runs = new AtomicInteger();
  private final Map<String, String> saved = new ConcurrentHashMap<>();
  private final AtomicInteger ids = new AtomicInteger();
  private final KeyGraph keys =
      new KeyGraph(KeyStorage.none(), () -> "key" + ids.incrementAndGet());
  private final Solver<Build> solver =
      new Solver<>(keys, results(), Clock.systemUTC(), _ -> new Silent(), (_, _) -> {});

  private ResultStore results() {
    return new ResultStore() {
      @Override
      public String save(Result result) {
        var id = "result" + ids.incrementAndGet();
        saved.put(id, text(result));
        return id;
      }

      @Override
      public Optional<Result> load(String resultId) {
        return Optional.ofNullable(saved.get(resultId)).map(text -> new Value(text, open));
      }
    };
  }

  private static String text(Result result) {
    return ((Value) result).text();
  }

  private static final class Silent implements VertexProgress<Build> {
    @Override
    public void join(Build participant, Vertex<Build> vertex) {}

    @Override
    public void leave(Build participant) {}

    @Override
    public Run started(boolean cached) {
      return _ -> {};
    }

    @Override
    public void log(int stream, byte[] data) {}

    @Override
    public void status(Status status) {}
  }

  private record Node(Digest digest, List<Edge<Build>> inputs, boolean ignoresCache, Op<Build> op)
      implements Vertex<Build> {}

  private Node node(
      String name, String opDigest, Function<List<String>, String> body, Node... inputs) {
    return node(name, opDigest, body, false, false, inputs);
  }

  private Node node(
      String name,
      String opDigest,
      Function<List<String>, String> body,
      boolean byContent,
      boolean ignoresCache,
      Node... inputs) {
    Optional<CacheMap.ContentDigester> digester =
        byContent ? Optional.of(input -> Digest.sha256(text(input)).toString()) : Optional.empty();
    var op =
        new Op<Build>() {
          @Override
          public CacheMap cacheMap(int index, OpContext<Build> context) {
            var deps = new ArrayList<CacheMap.Dep>();
            for (int i = 0; i < inputs.length; i++) {
              deps.add(new CacheMap.Dep("", digester));
            }
            return new CacheMap(opDigest, deps, true);
          }

          @Override
          public List<Result> run(OpContext<Build> context, List<Result> values) {
            runs.incrementAndGet();
            return List.of(
                new Value(body.apply(values.stream().map(SolverTest::text).toList()), open));
          }
        };
    var edges = new ArrayList<Edge<Build>>();
    for (var input : inputs) {
      edges.add(new Edge<>(input, 0));
    }
    return new Node(Digest.sha256(name), edges, ignoresCache, op);
  }

  private String solve(String build, Node node) throws InterruptedException {
    var job = new Build(build);
    solver.open(job);
    try (var solved = solver.solve(job, new Edge<>(node, 0))) {
      return text(solved.result());
    } finally {
      solver.release(job);
    }
  }

  private static Function<List<String>, String> join(String own) {
    return inputs -> own + inputs;
  }

  @Test
  void sharedInputsRunOnceAndNothingIsLeftOpen() throws Exception {
    var base = node("base", "b", join("b"));
    var left = node("left", "l", join("l"), base);
    var right = node("right", "r", join("r"), base);
    var top = node("top", "t", join("t"), left, right);
    assertThat(solve("one", top)).isEqualTo("t[l[b[]], r[b[]]]");
    assertThat(runs).hasValue(4);
    assertThat(open).hasValue(0);
  }

  @Test
  void aSecondBuildRunsNothing() throws Exception {
    var top = node("top", "t", join("t"), node("base", "b", join("b")));
    var first = solve("one", top);
    assertThat(solve("two", top)).isEqualTo(first);
    assertThat(runs).hasValue(2);
  }

  @Test
  void equalContentOfAnotherOriginIsEnough() throws Exception {
    var one = node("one", "o1", _ -> "same");
    var two = node("two", "o2", _ -> "same");
    solve("a", node("top1", "t", join("t"), true, false, one));
    assertThat(solve("b", node("top2", "t", join("t"), true, false, two))).isEqualTo("t[same]");
    assertThat(runs).hasValue(3);
  }

  @Test
  void aForcedRunIsNotTakenFromTheCacheAndTaintsWhatFollows() throws Exception {
    var base = node("base", "b", _ -> "v" + runs.get());
    solve("a", node("top", "t", join("t"), base));
    var forced = node("forced", "b", _ -> "v" + runs.get(), false, true);
    assertThat(solve("b", node("top2", "t", join("t"), forced))).isEqualTo("t[v3]");
  }

  @Test
  void equalWorkOfTwoVerticesRunsOnce() throws Exception {
    var started = new CountDownLatch(1);
    var release = new CountDownLatch(1);
    Function<List<String>, String> slow =
        _ -> {
          started.countDown();
          try {
            release.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
          return "slow";
        };
    var one = node("one", "same", slow);
    var two = node("two", "same", slow);
    try (var scope = TaskScope.open()) {
      var a = scope.fork(() -> solve("a", one));
      started.await();
      var b = scope.fork(() -> solve("b", two));
      Thread.sleep(50);
      release.countDown();
      scope.join();
      assertThat(List.of(a.get(), b.get())).containsExactly("slow", "slow");
    }
    assertThat(runs).hasValue(1);
  }

  @Test
  void failuresNameTheirVertexAndAreForgottenWithTheirBuild() throws Exception {
    var broken = new AtomicInteger(1);
    var node =
        node(
            "n",
            "n",
            _ -> {
              if (broken.getAndDecrement() > 0) {
                throw BuildException.failed("broken");
              }
              return "fine";
            });
    assertThatThrownBy(() -> solve("a", node))
        .hasMessage("broken")
        .extracting(e -> ((BuildException) e).details().toString())
        .asString()
        .contains(node.digest().toString());
    assertThat(solve("b", node)).isEqualTo("fine");
  }

  @Test
  void deepGraphsNeedNoDeepStack() throws Exception {
    var node = node("0", "0", _ -> "");
    for (int i = 1; i <= 20_000; i++) {
      node = node(Integer.toString(i), Integer.toString(i), inputs -> inputs.getFirst(), node);
    }
    assertThat(solve("deep", node)).isEmpty();
    assertThat(runs).hasValue(20_001);
    assertThat(open).hasValue(0);
  }

  @Test
  void aBuildThatIsOverHoldsNothing() {
    var job = new Build("late");
    var edge = new Edge<>(node("a", "a", join("a")), 0);
    solver.open(job);
    solver.release(job);
    assertThatThrownBy(() -> solver.solve(job, edge)).hasMessage("context canceled");
    assertThatThrownBy(() -> solver.load(job, edge)).hasMessage("context canceled");
    assertThat(solver.isIdle()).isTrue();
  }
}
