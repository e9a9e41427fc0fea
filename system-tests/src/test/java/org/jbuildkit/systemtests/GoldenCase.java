package org.jbuildkit.systemtests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jbuildkit.base.Json;

/**
 * A build whose results BuildKit made too.
 *
 * @param context what it was made from
 * @param expected {@code index.json}, a folder {@code json} of documents, {@code cache-config.json}
 * @param base an OCI layout named {@code base}
 */
record GoldenCase(Path context, Path expected, List<String> options, Optional<Path> base) {
  /** Names the folder of the cases that start from a base image. */
  static final String FOLDER = "JBUILDKIT_GOLDEN";

  private static final Path RESOURCES = Path.of("golden").toAbsolutePath();
  private static final FileTime TIME =
      FileTime.from(Instant.parse("2026-01-01T00:00:00.123456789Z"));

  static GoldenCase ofResources(String name) throws IOException {
    var folder = RESOURCES.resolve(name);
    return new GoldenCase(
        folder.resolve("ctx"), folder, options(folder.resolve("opts")), Optional.empty());
  }

  static Optional<GoldenCase> ofFolder(String name) throws IOException {
    var named = Optional.ofNullable(System.getenv(FOLDER)).map(Path::of);
    var root = named.orElse(Path.of("../../shared/golden")).toAbsolutePath().normalize();
    var folder = root.resolve("cases").resolve(name);
    if (!Files.isDirectory(folder)) {
      return Optional.empty();
    }
    return Optional.of(
        new GoldenCase(
            folder.resolve("ctx"),
            folder.resolve("expected"),
            options(folder.resolve("opts")),
            Optional.of(root.resolve("base"))));
  }

  private static List<String> options(Path file) throws IOException {
    var text = Files.readString(file).trim();
    return text.isEmpty() ? List.of() : List.of(text.split("\\s+", -1));
  }

  List<Path> documents() throws IOException {
    try (var files = Files.list(expected.resolve("json"))) {
      return files.filter(file -> file.toString().endsWith(".json")).sorted().toList();
    }
  }

  /**
   * The client's arguments.
   *
   * @param copy where the context is copied to
   */
  List<String> arguments(Path copy, Path archive) throws IOException {
    copyContext(copy);
    var arguments = new ArrayList<>(List.of("build", "--progress=plain"));
    arguments.addAll(List.of("--frontend", "dockerfile.v0"));
    arguments.addAll(List.of("--local", "context=" + copy, "--local", "dockerfile=" + copy));
    if (base.isPresent()) {
      var index = Json.parseObject(Files.readAllBytes(base.get().resolve("index.json")));
      var digest = ((Json.Obj) index.array("manifests").getFirst()).text("digest");
      arguments.addAll(List.of("--oci-layout", "base=" + base.get()));
      arguments.addAll(List.of("--opt", "context:base=oci-layout://base@" + digest));
    }
    arguments.addAll(options);
    arguments.addAll(
        List.of(
            "--output",
            "type=oci,dest=" + archive + ",compression=uncompressed,rewrite-timestamp=true"));
    return arguments;
  }

  /** Modes and times as they were: a checkout keeps links and executable bits only. */
  private void copyContext(Path to) throws IOException {
    try (var files = Files.walk(context)) {
      for (var file : files.toList()) {
        var target = to.resolve(context.relativize(file).toString());
        if (Files.isSymbolicLink(file)) {
          Files.createSymbolicLink(target, Files.readSymbolicLink(file));
        } else if (Files.isDirectory(file)) {
          Files.createDirectories(target);
          permissions(target, "rwxr-xr-x");
        } else {
          Files.copy(file, target);
          permissions(target, isExecutable(file) ? "rwxr-xr-x" : "rw-r--r--");
          Files.setLastModifiedTime(target, TIME);
        }
      }
    }
  }

  private static boolean isExecutable(Path file) throws IOException {
    return Files.getPosixFilePermissions(file).toString().contains("OWNER_EXECUTE");
  }

  private static void permissions(Path path, String permissions) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
  }
}
