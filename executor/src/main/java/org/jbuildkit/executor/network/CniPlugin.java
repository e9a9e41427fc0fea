package org.jbuildkit.executor.network;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jbuildkit.base.Json;

/**
 * A CNI plug-in: a program that gets its configuration on its standard input and answers on its
 * standard output.
 *
 * @param folders where plug-ins are looked for, also by plug-ins that call others
 */
record CniPlugin(String type, Path program, List<Path> folders) {
  private static final int MAX_ANSWER = 1 << 20;
  private static final int TIMEOUT_SECONDS = 60;

  /**
   * An interface to be made or taken away.
   *
   * @param args as in {@code CNI_ARGS}
   */
  record Attachment(String id, Path namespace, String device, String args) {}

  static CniPlugin find(String type, List<Path> folders) throws IOException {
    if (type.contains("/") || type.equals("..")) {
      throw new IOException("invalid plugin name: " + type);
    }
    for (var folder : folders) {
      var program = folder.resolve(type);
      if (Files.isExecutable(program) && Files.isRegularFile(program)) {
        return new CniPlugin(type, program, folders);
      }
    }
    var places = folders.stream().map(Path::toString).collect(Collectors.joining(" "));
    throw new IOException("failed to find plugin \"%s\" in path [%s]".formatted(type, places));
  }

  /** Makes the interface; the answer is what the next plug-in is told of it. */
  Json add(Attachment attachment, Json config) throws IOException, InterruptedException {
    var answer = call("ADD", attachment, config);
    try {
      return Json.parse(answer);
    } catch (IllegalArgumentException e) {
      throw new IOException(failure("add", "netplugin failed: " + e.getMessage()), e);
    }
  }

  /** Takes the interface away; it is no error if there is none. */
  void remove(Attachment attachment, Json config) throws IOException, InterruptedException {
    var _ = call("DEL", attachment, config);
  }

  private byte[] call(String command, Attachment attachment, Json config)
      throws IOException, InterruptedException {
    var builder = new ProcessBuilder(program.toString()).directory(Path.of("/").toFile());
    var path = builder.environment().getOrDefault("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
    builder.environment().clear();
    builder
        .environment()
        .putAll(
            Map.of(
                "PATH", path,
                "CNI_COMMAND", command,
                "CNI_CONTAINERID", attachment.id(),
                "CNI_NETNS", attachment.namespace().toString(),
                "CNI_IFNAME", attachment.device(),
                "CNI_ARGS", attachment.args(),
                "CNI_PATH", folders.stream().map(Path::toString).collect(Collectors.joining(":"))));
    var process = builder.start();
    var errors = new ByteArrayOutputStream();
    var reader = Thread.ofPlatform().daemon().start(() -> read(process.getErrorStream(), errors));
    try {
      var watchdog = watch(process);
      try (var in = process.getOutputStream()) {
        in.write(config.bytes());
      } catch (IOException _) {
        // It did not want to hear all of it; its answer tells why.
      }
      var answer = process.getInputStream().readNBytes(MAX_ANSWER);
      int status = process.waitFor();
      watchdog.interrupt();
      reader.join();
      if (status != 0) {
        throw new IOException(
            failure(command, reason(answer, errors.toString(StandardCharsets.UTF_8), status)));
      }
      return answer;
    } finally {
      process.destroyForcibly();
    }
  }

  private static Thread watch(Process process) {
    return Thread.ofVirtual()
        .start(() -> {
          try {
            if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
              process.destroyForcibly();
            }
          } catch (InterruptedException _) {
            // It has ended.
          }
        });
  }

  private static void read(InputStream in, ByteArrayOutputStream out) {
    try (in) {
      out.writeBytes(in.readNBytes(MAX_ANSWER));
      var _ = in.skip(Long.MAX_VALUE);
    } catch (IOException _) {
      // What there is has to do.
    }
  }

  private String failure(String command, String reason) {
    var word = command.equalsIgnoreCase("del") ? "delete" : "add";
    return "plugin type=\"%s\" failed (%s): %s".formatted(type, word, reason);
  }

  private static String reason(byte[] answer, String errors, int status) {
    try {
      var told = Json.parseObject(answer);
      var details = Optional.of(told.text("details")).filter(text -> !text.isEmpty());
      if (!told.text("msg").isEmpty()) {
        return told.text("msg") + details.map(text -> "; " + text).orElse("");
      }
    } catch (IllegalArgumentException _) {
      // Then what it wrote otherwise.
    }
    var text = errors.isBlank() ? new String(answer, StandardCharsets.UTF_8) : errors;
    return "netplugin failed%s: exit status %d"
        .formatted(text.isBlank() ? " with no error message" : ": " + text.strip(), status);
  }
}
