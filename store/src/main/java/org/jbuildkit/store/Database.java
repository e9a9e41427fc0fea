package org.jbuildkit.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import org.jbuildkit.base.BuildException;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * The store's rows. One platform thread writes: changes queued at the same time are committed in
 * one transaction, in the order in which they were submitted. Readers have a connection of their
 * own and don't wait for it.
 *
 * <p>A committed change survives the death of the process.
 */
public final class Database implements AutoCloseable {
  private static final int MAX_BATCH = 1000;

  private final Connection writing;
  private final Connection reading;
  private final LinkedBlockingQueue<Pending> queue = new LinkedBlockingQueue<>();
  private final Thread writer;

  private record Pending(@Nullable Change change, CompletableFuture<Void> done) {}

  /** Writes rows. */
  @FunctionalInterface
  public interface Change {
    void apply(Connection connection) throws SQLException;
  }

  /** Reads rows. */
  @FunctionalInterface
  public interface Query<T> {
    T read(Connection connection) throws SQLException;
  }

  private Database(Connection writing, Connection reading) {
    this.writing = writing;
    this.reading = reading;
    this.writer = Thread.ofPlatform().daemon().name("database").start(this::run);
  }

  /** Opens or creates the database in a file. */
  public static Database open(Path file) throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    try {
      return new Database(connect(file), connect(file));
    } catch (SQLException e) {
      throw new IOException("can't open the database " + file + ": " + e.getMessage(), e);
    }
  }

  /** Bytes that the files of a database take. */
  public static long bytes(Path file) {
    long bytes = 0;
    for (var suffix : List.of("", "-wal", "-shm")) {
      bytes += file.resolveSibling(file.getFileName() + suffix).toFile().length();
    }
    return bytes;
  }

  private static Connection connect(Path file) throws SQLException {
    var connection = DriverManager.getConnection("jdbc:sqlite:" + file);
    try (var statement = connection.createStatement()) {
      statement.execute("PRAGMA journal_mode=WAL");
      statement.execute("PRAGMA synchronous=NORMAL");
      statement.execute("PRAGMA busy_timeout=10000");
    }
    return connection;
  }

  /** Applies a change and waits until it is committed. */
  public void write(Change change) throws IOException {
    await(submit(change));
  }

  /** Queues a change; the future completes when it is committed. */
  public CompletableFuture<Void> submit(Change change) {
    var pending = new Pending(change, new CompletableFuture<>());
    queue.add(pending);
    return pending.done();
  }

  /** Waits until all that was submitted before is committed. */
  public void flush() throws IOException {
    var pending = new Pending(_ -> {}, new CompletableFuture<>());
    queue.add(pending);
    await(pending.done());
  }

  /** Commits run to their end even if the waiter is interrupted: it finds out afterwards. */
  private static void await(CompletableFuture<Void> done) throws IOException {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          done.get();
          return;
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (ExecutionException e) {
          throw refused(e.getCause() == null ? e : e.getCause());
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  static IOException refused(Throwable cause) {
    boolean isFull =
        cause instanceof SQLiteException e && e.getResultCode() == SQLiteErrorCode.SQLITE_FULL;
    var why = isFull ? "no space left on device" : BuildException.describe(cause);
    return new IOException("the database refused a change: " + why, cause);
  }

  public <T> T read(Query<T> query) throws IOException {
    synchronized (reading) {
      try {
        return query.read(reading);
      } catch (SQLException e) {
        throw new IOException("can't read the database: " + e.getMessage(), e);
      }
    }
  }

  private void run() {
    try {
      while (true) {
        var batch = new ArrayList<Pending>();
        batch.add(queue.take());
        queue.drainTo(batch, MAX_BATCH);
        boolean ends = batch.stream().anyMatch(pending -> pending.change() == null);
        commit(batch.stream().filter(pending -> pending.change() != null).toList());
        if (ends) {
          batch.forEach(pending -> pending.done().complete(null));
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** All in one transaction; if that fails, one by one, so that a bad change fails alone. */
  private void commit(List<Pending> batch) {
    try {
      transact(batch);
      batch.forEach(pending -> pending.done().complete(null));
    } catch (SQLException | RuntimeException e) {
      for (var pending : batch) {
        try {
          transact(List.of(pending));
          pending.done().complete(null);
        } catch (SQLException | RuntimeException alone) {
          pending.done().completeExceptionally(alone);
        }
      }
    }
  }

  private void transact(List<Pending> batch) throws SQLException {
    writing.setAutoCommit(false);
    try {
      for (var pending : batch) {
        if (pending.change() != null) {
          pending.change().apply(writing);
        }
      }
      writing.commit();
    } catch (SQLException | RuntimeException e) {
      abandon(e);
      throw e;
    }
  }

  /**
   * A full disk has ended the transaction already. Then there is nothing to roll back, and the
   * driver begins another one only after its mode was changed.
   */
  private void abandon(Exception cause) {
    try {
      writing.rollback();
    } catch (SQLException ended) {
      cause.addSuppressed(ended);
      try {
        writing.setAutoCommit(true);
      } catch (SQLException nothing) {
        cause.addSuppressed(nothing);
      }
    }
  }

  /** Commits what is queued and closes the file. */
  @Override
  public void close() {
    var end = new Pending(null, new CompletableFuture<>());
    queue.add(end);
    end.done().join();
    try {
      writing.setAutoCommit(true);
      writing.close();
      reading.close();
    } catch (SQLException e) {
      throw new IllegalStateException("can't close the database", e);
    }
  }

  Thread writer() {
    return writer;
  }
}
