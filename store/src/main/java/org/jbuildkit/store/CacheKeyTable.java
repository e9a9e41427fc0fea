package org.jbuildkit.store;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;

/**
 * The rows of cache keys, of the links between them and of the results saved under them. Writes are
 * queued in order; {@link #flush} makes them durable.
 */
public final class CacheKeyTable {
  private final Database database;

  public CacheKeyTable(Database database) throws IOException {
    this.database = database;
    database.write(CacheKeyTable::createTables);
  }

  private static void createTables(Connection connection) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(
          "CREATE TABLE IF NOT EXISTS cache_keys (id TEXT PRIMARY KEY, op TEXT NOT NULL, output"
              + " INTEGER NOT NULL, inputs INTEGER NOT NULL)");
      statement.execute(
          "CREATE TABLE IF NOT EXISTS cache_links (source TEXT NOT NULL, target TEXT NOT NULL, input"
              + " INTEGER NOT NULL, selector TEXT NOT NULL, PRIMARY KEY (target, input, source,"
              + " selector))");
      statement.execute(
          "CREATE TABLE IF NOT EXISTS cache_records (cache_key TEXT NOT NULL, result TEXT NOT NULL,"
              + " created INTEGER NOT NULL, PRIMARY KEY (cache_key, result))");
    }
  }

  /**
   * Removes results whose trees are gone, and keys that lead to no result. Only before anyone uses
   * the keys.
   *
   * @param lasting a result that needs no tree
   */
  public void sweep(String lasting) throws IOException {
    database.write(connection -> {
      try (var gone =
          connection.prepareStatement(
              "DELETE FROM cache_records WHERE result <> ? AND result NOT IN (SELECT id FROM"
                  + " refs)")) {
        gone.setString(1, lasting);
        gone.executeUpdate();
      }
      try (var statement = connection.createStatement()) {
        statement.execute(
            "WITH RECURSIVE needed(id) AS (SELECT cache_key FROM cache_records UNION SELECT source"
                + " FROM cache_links JOIN needed ON target = needed.id) DELETE FROM cache_keys"
                + " WHERE id NOT IN (SELECT id FROM needed)");
        statement.execute(
            "DELETE FROM cache_links WHERE target NOT IN (SELECT id FROM cache_keys) OR source NOT"
                + " IN (SELECT id FROM cache_keys)");
      }
    });
  }

  public void addKey(String id, String op, int output, int inputs) {
    submit("INSERT OR IGNORE INTO cache_keys VALUES (?,?,?,?)", id, op, output, inputs);
  }

  public void addLink(String source, String target, int input, String selector) {
    submit("INSERT OR IGNORE INTO cache_links VALUES (?,?,?,?)", source, target, input, selector);
  }

  public void addRecord(String key, String result, Instant createdAt) {
    submit(
        "INSERT OR REPLACE INTO cache_records VALUES (?,?,?)",
        key,
        result,
        createdAt.getEpochSecond() * 1_000_000_000L + createdAt.getNano());
  }

  public void removeRecord(String key, String result) {
    submit("DELETE FROM cache_records WHERE cache_key = ? AND result = ?", key, result);
  }

  /** Removes a key and the links to it. */
  public void removeKey(String key) {
    submit("DELETE FROM cache_keys WHERE id = ?", key);
    submit("DELETE FROM cache_links WHERE target = ?", key);
  }

  private void submit(String sql, Object... parameters) {
    var _ =
        database.submit(connection -> {
          try (var statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
              statement.setObject(i + 1, parameters[i]);
            }
            statement.executeUpdate();
          }
        });
  }

  /** Waits until all that was written is committed. */
  public void flush() throws IOException {
    database.flush();
  }

  /** Takes rows while they are read. */
  public interface Rows {
    void key(String id, String op, int output, int inputs);

    void link(String source, String target, int input, String selector);

    void record(String key, String result, Instant createdAt);
  }

  /** Reads all rows: keys, then links, then records. */
  public void read(Rows rows) throws IOException {
    database.read(connection -> {
      try (var statement = connection.createStatement();
          var keys = statement.executeQuery("SELECT id, op, output, inputs FROM cache_keys")) {
        while (keys.next()) {
          rows.key(keys.getString(1), keys.getString(2), keys.getInt(3), keys.getInt(4));
        }
      }
      readLinks(connection, rows);
      readRecords(connection, rows);
      return Boolean.TRUE;
    });
  }

  private static void readLinks(Connection connection, Rows rows) throws SQLException {
    try (var statement = connection.createStatement();
        var links =
            statement.executeQuery("SELECT source, target, input, selector FROM cache_links")) {
      while (links.next()) {
        rows.link(links.getString(1), links.getString(2), links.getInt(3), links.getString(4));
      }
    }
  }

  private static void readRecords(Connection connection, Rows rows) throws SQLException {
    try (var statement = connection.createStatement();
        var records =
            statement.executeQuery("SELECT cache_key, result, created FROM cache_records")) {
      while (records.next()) {
        long nanos = records.getLong(3);
        rows.record(
            records.getString(1),
            records.getString(2),
            Instant.ofEpochSecond(
                Math.floorDiv(nanos, 1_000_000_000L), Math.floorMod(nanos, 1_000_000_000L)));
      }
    }
  }
}
