package org.jbuildkit.systemtests;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;

/** Looks again and again how much a folder takes, and remembers the most. */
final class Sampler implements AutoCloseable {
  private static final long PAUSE_MILLIS = 200;

  private final AtomicLong most = new AtomicLong();
  private final Thread thread;

  Sampler(Path folder) {
    this.thread =
        Thread.ofPlatform()
            .daemon()
            .start(() -> {
              try {
                while (true) {
                  most.accumulateAndGet(used(folder), Math::max);
                  Thread.sleep(PAUSE_MILLIS);
                }
              } catch (IOException | InterruptedException _) {
                Thread.currentThread().interrupt();
              }
            });
  }

  /** Bytes on disk below a folder, each file counted once, without what is mounted there. */
  static long used(Path folder) throws IOException, InterruptedException {
    var du =
        new ProcessBuilder("du", "-skx", folder.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    var text = new String(du.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    du.waitFor();
    return text.isEmpty() ? 0 : Long.parseLong(text.split("\t", -1)[0]) * 1024;
  }

  /** The most that was seen, in bytes. */
  long most() {
    return most.get();
  }

  @Override
  public void close() throws InterruptedException {
    thread.interrupt();
    thread.join();
  }
}
