package org.jbuildkit.solver.simulation;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jbuildkit.solver.simulation.SimResult.Value;

/** All that one simulation knows: what is drawn from its seed, and what went wrong. */
final class World {
  private static final boolean TRACED = Boolean.getBoolean("simulation.trace");

  private final Random random;
  private final Chaos chaos;
  private final boolean endless;
  private final Term.Table terms = new Term.Table();
  private final SimStore store = new SimStore(this);
  private final Runs runs = new Runs(this);
  private final List<String> violations = new ArrayList<>();
  private final Map<String, String> booms = new HashMap<>();
  private final Map<String, String> shortNames = new HashMap<>();
  private SimThreads threads;
  private boolean quiet;
  private int era = 1;
  private int opened;
  private int ids;
  private long time;
  private int digests;

  /** How likely things go wrong. */
  record Chaos(
      double opFails, double keyFails, double digestFails, double saveFails, double loadFails) {
    static Chaos of(Random random) {
      return random.nextInt(3) == 0
          ? new Chaos(0, 0, 0, 0, 0)
          : new Chaos(
              rare(random), rare(random) / 4, rare(random) / 2, rare(random) / 4, rare(random));
    }

    private static double rare(Random random) {
      return random.nextBoolean() ? 0 : random.nextDouble() * 0.15;
    }
  }

  World(long seed) {
    random = new Random(seed);
    chaos = Chaos.of(random);
    endless = random.nextInt(20) == 0;
    threads = new SimThreads(random);
  }

  Random random() {
    return random;
  }

  Chaos chaos() {
    return chaos;
  }

  Term.Table terms() {
    return terms;
  }

  SimStore store() {
    return store;
  }

  Runs runs() {
    return runs;
  }

  SimThreads threads() {
    return threads;
  }

  /** Goes on with new threads, nobody being left of the former ones. */
  void newThreads() {
    threads = new SimThreads(random);
  }

  int era() {
    return era;
  }

  void nextEra() {
    era++;
  }

  /** From now on nothing goes wrong. */
  void calm() {
    quiet = true;
  }

  /** Whether ops go on until they are told to stop. */
  boolean isEndless() {
    return endless && !quiet;
  }

  boolean chance(double probability) {
    return !quiet && random.nextDouble() < probability;
  }

  /** Tells what happens, where one seed is looked at closely. */
  void trace(String what) {
    if (TRACED) {
      System.out.println(what);
    }
  }

  void violation(String what) {
    trace("VIOLATION " + what);
    violations.add(what);
  }

  List<String> violations() {
    return violations;
  }

  void opened(int handles) {
    opened += handles;
  }

  int opened() {
    return opened;
  }

  void digested() {
    digests++;
  }

  int digests() {
    return digests;
  }

  /** The text of a failure that was asked for, by which it is known again. */
  String boom(String kind, String opDigest) {
    var text = "boom-" + ++ids + "-";
    booms.put(text, kind + " " + opDigest);
    return text + " of " + kind + " " + opDigest;
  }

  /** Kind and op of the failure whose text this is, or an empty text. */
  String boomIn(String message) {
    return booms.entrySet().stream()
        .filter(boom -> message.contains(boom.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse("");
  }

  String newId() {
    return "id" + ++ids;
  }

  String shortName(String name) {
    var mark = name.contains("private") ? "private" : "run";
    return shortNames.computeIfAbsent(name, _ -> mark + (shortNames.size() + 1));
  }

  /** What an op makes of its inputs. */
  Value compute(Spec spec, int output, List<Value> inputs, List<Term> more, String name) {
    var op = spec.op();
    var used = new ArrayList<Term>();
    for (int i = 0; i < inputs.size(); i++) {
      used.add(inputs.get(i).part(op.deps().get(i).selector()));
    }
    var all = new ArrayList<>(used);
    all.addAll(more);
    var whole = terms.of(op.digest(), output, "*", op.isChanging() ? era : 0, all);
    return new Value(
        whole, part(op, output, "a", used), part(op, output, "b", used), name + "@" + output);
  }

  private Term part(Spec.OpSpec op, int output, String name, List<Term> used) {
    var part = op.part(name);
    if (!part.constant().isEmpty()) {
      return terms.of(constant(op, part, era), 0, "", 0, List.of());
    }
    int at = op.isChanging() && part.changes() ? era : 0;
    return terms.of(op.digest(), output, name, at, part.inputs().stream().map(used::get).toList());
  }

  /** What a part is whatever the inputs; it may differ from era to era, and be as it was again. */
  static String constant(Spec.OpSpec op, Spec.OpSpec.Part part, int era) {
    boolean changes = op.isChanging() && part.changes();
    return part.constant() + (changes ? era % 2 : 0);
  }

  /** Time goes on with each look. */
  Clock clock() {
    return new Clock() {
      @Override
      public ZoneId getZone() {
        return ZoneOffset.UTC;
      }

      @Override
      public Clock withZone(ZoneId zone) {
        return this;
      }

      @Override
      public Instant instant() {
        return Instant.ofEpochSecond(++time);
      }
    };
  }
}
