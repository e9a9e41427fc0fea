package org.jbuildkit.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jbuildkit.base.RandomId;
import org.jbuildkit.protocol.pb.Definition;

/**
 * {@code OURS PEER SHELL ROUNDS [WORKLOAD...]}: two addresses, a static shell program, how often. A
 * first round of each that is not counted warms both up. Each counted round gives both daemons the
 * same new build, then the same build again, which is cached by then.
 */
public final class Main {
  private static final int FIXED = 4;
  private static final int REQUESTS = 20;

  private Main() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    if (args.length < FIXED) {
      System.err.println("usage: OURS PEER SHELL ROUNDS [WORKLOAD...]");
      System.exit(2);
    }
    var shell = Files.readAllBytes(Path.of(args[2]));
    int rounds = Integer.parseInt(args[3]);
    var chosen = List.of(args).subList(FIXED, args.length);
    System.out.println("| workload | | ours, s | peer, s | ratio | ours: all | peer: all |");
    System.out.println("|---|---|---|---|---|---|---|");
    try (var ours = new Engine("ours", args[0]);
        var peer = new Engine("peer", args[1])) {
      for (var workload : Workload.values()) {
        if (chosen.isEmpty() || chosen.contains(workload.label())) {
          compare(workload, shell, rounds, List.of(ours, peer));
        }
      }
      for (var outline : Outline.values()) {
        if (chosen.isEmpty() || chosen.contains(outline.label())) {
          compare(outline, rounds, List.of(ours, peer));
        }
      }
    }
  }

  private static void compare(Workload workload, byte[] shell, int rounds, List<Engine> engines)
      throws InterruptedException {
    var cold = List.of(new double[rounds], new double[rounds]);
    var cached = List.of(new double[rounds], new double[rounds]);
    for (int round = -1; round < rounds; round++) {
      var definition = workload.definition(RandomId.next(), shell);
      for (int i = 0; i < engines.size(); i++) {
        var times = both(engines.get(i), definition);
        if (round >= 0) {
          cold.get(i)[round] = times.getFirst();
          cached.get(i)[round] = times.getLast();
        }
      }
    }
    print(workload.label(), "cold", cold);
    print(workload.label(), "cached", cached);
  }

  /** Requests are short, and asked for many times a round. */
  private static void compare(Outline outline, int rounds, List<Engine> engines)
      throws IOException, InterruptedException {
    int times = rounds * REQUESTS;
    var warm = List.of(new double[times], new double[times]);
    var folder = Files.createTempDirectory("outline");
    var file = Files.writeString(folder.resolve("Dockerfile"), outline.text());
    for (int time = -times; time < times; time++) {
      for (int i = 0; i < engines.size(); i++) {
        double seconds = seconds(engines.get(i).outline(folder));
        if (time >= 0) {
          warm.get(i)[time] = seconds;
        }
      }
    }
    Files.delete(file);
    Files.delete(folder);
    print(outline.label(), "warm", warm);
  }

  private static List<Double> both(Engine engine, Definition definition)
      throws InterruptedException {
    return List.of(seconds(engine.time(definition)), seconds(engine.time(definition)));
  }

  private static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }

  private static void print(String label, String phase, List<double[]> times) {
    double ours = median(times.getFirst());
    double peer = median(times.getLast());
    System.out.printf(
        "| %s | %s | %.3f | %.3f | %.2f | %s | %s |%n",
        label, phase, ours, peer, ours / peer, list(times.getFirst()), list(times.getLast()));
  }

  private static double median(double[] values) {
    var sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  private static String list(double[] values) {
    var texts = new ArrayList<String>();
    for (double value : values) {
      texts.add("%.3f".formatted(value));
    }
    return String.join(" ", texts);
  }
}
