package org.jbuildkit.buildctl.build;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Json;
import org.jbuildkit.cli.Environment;
import org.jbuildkit.protocol.control.StatusResponse;
import org.jbuildkit.protocol.control.Vertex;

/** How much of a build came from its cache: what {@code --debug-json-cache-metrics} asks for. */
final class CacheMetrics {
  private static final Pattern FROM = Pattern.compile("^\\[.*\\] FROM");
  private static final List<String> NOT_THE_USERS =
      List.of("[internal]", "[auth]", "importing cache", "exporting ");

  /** What is known of a step. */
  private static final class Step {
    private final String name;
    private boolean cached;
    private boolean completed;
    private boolean from;

    private Step(String name) {
      this.name = name;
    }
  }

  private final Optional<PrintStream> out;
  private final long start = System.nanoTime();
  private final Map<String, Step> steps = new LinkedHashMap<>();

  private CacheMetrics(Optional<PrintStream> out) {
    this.out = out;
  }

  /**
   * @param target {@code stdout}, {@code stderr} or a file, which is made at once; nothing is
   *     counted for an empty one
   */
  static CacheMetrics open(String target, Environment environment) {
    return new CacheMetrics(
        switch (target) {
          case "" -> Optional.empty();
          case "stdout" -> Optional.of(environment.out());
          case "stderr" -> Optional.of(environment.err());
          default -> Optional.of(file(target));
        });
  }

  /** How a target is named in the log. */
  static String title(String target) {
    return target.equals("stdout") || target.equals("stderr") ? "/dev/" + target : target;
  }

  private static PrintStream file(String name) {
    try {
      var path = Path.of(name);
      if (!Files.exists(path)) {
        var mode =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        Files.newByteChannel(
                path, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), mode)
            .close();
      }
      return new PrintStream(new FileOutputStream(name), true, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw BuildException.failed("open " + name + ": " + e.getMessage());
    }
  }

  void add(StatusResponse update) {
    if (out.isPresent()) {
      update.getVertexesList().forEach(this::add);
    }
  }

  private void add(Vertex vertex) {
    var step = steps.computeIfAbsent(vertex.getDigest(), _ -> new Step(vertex.getName()));
    step.from |= FROM.matcher(vertex.getName()).find();
    step.cached |= vertex.getCached();
    step.completed |= vertex.hasCompleted();
  }

  /** Prints what was counted. */
  void print() {
    if (out.isEmpty()) {
      return;
    }
    var all = steps.values();
    var users =
        all.stream()
            .filter(step -> NOT_THE_USERS.stream().noneMatch(step.name::startsWith))
            .toList();
    var missed = users.stream().filter(step -> !step.cached && !step.from).toList();
    long from = users.stream().filter(step -> step.from).count();
    missed.forEach(step -> out.get().println("cache miss: " + step.name));
    out.get()
        .println(
            Json.object()
                .put("total", all.size())
                .put("completed", all.stream().filter(step -> step.completed).count())
                .put("user_total", users.size())
                .put("user_cached", users.stream().filter(step -> step.cached).count())
                .put("user_completed", users.stream().filter(step -> step.completed).count())
                .put("user_cacheable", users.size() - from)
                .put("from", from)
                .put("miss", missed.size())
                .put("client_duration_ms", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start))
                .build()
                .write());
    out.get().flush();
  }
}
