package org.jbuildkit.buildctl.debug;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jbuildkit.base.GoQuote;
import org.jbuildkit.linux.Fd;
import org.jbuildkit.linux.OpenMode;

/** Prints the metadata of a state directory of the original's, whose daemon is not running. */
final class MetadataDump {
  private static final String FILE = "metadata_v2.db";
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final int POLL_MILLIS = 50;

  private MetadataDump() {}

  /** Prints all databases one level below the directory; nothing if there are none. */
  static void print(Path root, PrintStream out) throws IOException, InterruptedException {
    for (var file : databases(root)) {
      out.println("===== " + file + " =====");
      try (var lock = Fd.open(file.toString(), OpenMode.READ, 0);
          var database = BoltFile.open(file)) {
        awaitFree(lock);
        database.visit(new Lines(out));
      }
    }
  }

  /** A daemon that runs holds its databases. */
  private static void awaitFree(Fd lock) throws IOException, InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!lock.tryLock()) {
      if (System.nanoTime() - end > 0) {
        throw new IOException("timeout");
      }
      Thread.sleep(POLL_MILLIS);
    }
  }

  private static List<Path> databases(Path root) throws IOException {
    var found = new ArrayList<Path>();
    if (Files.isDirectory(root)) {
      try (var folders = Files.newDirectoryStream(root)) {
        for (var folder : folders) {
          if (Files.exists(folder.resolve(FILE))) {
            found.add(folder.resolve(FILE));
          }
        }
      }
    }
    Collections.sort(found);
    return found;
  }

  /** One line an entry, two spaces a level. */
  private static final class Lines implements BoltFile.Visitor {
    private final PrintStream out;
    private int depth;

    private Lines(PrintStream out) {
      this.out = out;
    }

    private void line(String text) {
      out.println("  ".repeat(depth) + text);
    }

    @Override
    public void enter(byte[] bucket) {
      line("bucket " + quoted(bucket) + ":");
      depth++;
    }

    @Override
    public void leave() {
      depth--;
    }

    @Override
    public void value(byte[] key, byte[] value) {
      line(quoted(key) + ": " + new String(value, StandardCharsets.UTF_8));
    }

    private static String quoted(byte[] text) {
      return GoQuote.quote(new String(text, StandardCharsets.UTF_8));
    }
  }
}
