package org.jbuildkit.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What outlives a loss of power. Steps don't wait for the disk: what they write is made durable
 * together, now and then. Each tree is stamped with the epoch in which it was completed; a
 * checkpoint writes all files to the disk and then the row that says which epoch is durable. When
 * the machine was started anew since, without an orderly end of the daemon before, trees of later
 * epochs are not trusted.
 *
 * <p>The death of the process alone loses nothing: the kernel still has what was written.
 */
public final class Checkpoints {
  /** Stands for a tree that is being written. */
  static final long OPEN = Long.MAX_VALUE;

  private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

  private final Database database;
  private final FileSync files;
  private final String boot;
  private final long trusted;
  private final AtomicLong epoch;
  private volatile boolean changed;

  /** Makes all files of the store durable. */
  @FunctionalInterface
  public interface FileSync {
    void run() throws IOException;
  }

  private record State(String boot, boolean isClean, long durable, long last) {}

  private Checkpoints(Database database, FileSync files, String boot, State state) {
    this.database = database;
    this.files = files;
    this.boot = boot;
    boolean isLost = !state.isClean() && !state.boot().equals(boot);
    this.trusted = isLost ? state.durable() : OPEN;
    this.epoch = new AtomicLong(state.last() + 1);
  }

  /** Opens the books for this start of the machine. */
  public static Checkpoints open(Database database, FileSync files) throws IOException {
    return open(database, files, Files.readString(BOOT_ID).strip());
  }

  /**
   * @param boot names this start of the machine
   */
  static Checkpoints open(Database database, FileSync files, String boot) throws IOException {
    database.write(connection -> {
      try (var statement = connection.createStatement()) {
        statement.execute(
            "CREATE TABLE IF NOT EXISTS checkpoints (id INTEGER PRIMARY KEY, boot TEXT NOT NULL,"
                + " clean INTEGER NOT NULL, durable INTEGER NOT NULL, last INTEGER NOT NULL)");
      }
    });
    var state = database.read(connection -> load(connection, boot));
    var opened = new Checkpoints(database, files, boot, state);
    // Epochs of another start never count as durable by mistake: they end where this one begins.
    opened.save(false, state.durable());
    return opened;
  }

  private static State load(Connection connection, String boot) throws SQLException {
    try (var statement = connection.createStatement();
        var row = statement.executeQuery("SELECT * FROM checkpoints WHERE id = 1")) {
      return row.next()
          ? new State(
              row.getString("boot"),
              row.getBoolean("clean"),
              row.getLong("durable"),
              row.getLong("last"))
          : new State(boot, true, 0, 0);
    }
  }

  private void save(boolean isClean, long durable) throws IOException {
    long last = epoch.get();
    database.write(connection -> {
      try (var statement =
          connection.prepareStatement("INSERT OR REPLACE INTO checkpoints VALUES (1,?,?,?,?)")) {
        statement.setString(1, boot);
        statement.setBoolean(2, isClean);
        statement.setLong(3, durable);
        statement.setLong(4, last);
        statement.executeUpdate();
      }
    });
  }

  /** The stamp of a tree that has just been completed. */
  long stamp() {
    changed = true;
    return epoch.get();
  }

  /** Whether a tree of this stamp can be relied on at this start. */
  boolean isTrusted(long stamp) {
    return stamp <= trusted;
  }

  /** Makes all durable that was completed before; does nothing if there is nothing new. */
  public synchronized void run() throws IOException {
    if (changed) {
      changed = false;
      run(false);
    }
  }

  /** The last checkpoint, after which nothing is written any more. */
  public synchronized void close() throws IOException {
    run(true);
  }

  private void run(boolean isLast) throws IOException {
    long done = epoch.getAndIncrement();
    database.flush();
    try {
      files.run();
    } catch (IOException e) {
      changed = true;
      throw e;
    }
    save(isLast, done);
  }
}
