package org.jbuildkit.store;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The rows of trees. Writes are queued in order; {@link Database#flush} makes them durable. */
final class RefTable {
  /** How names of values begin that are derived from a layer's content. */
  static final String DERIVED = "layer.";

  /** Value under which a layer's diff id is kept. */
  static final String DIFF_ID = "layer.diffid";

  /** A layer's blob, a descriptor in JSON; other forms have the compression's name appended. */
  static final String BLOB = "layer.blob";

  private final Database database;

  RefTable(Database database) throws IOException {
    this.database = database;
    database.write(RefTable::createTables);
  }

  private static void createTables(Connection connection) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(
          "CREATE TABLE IF NOT EXISTS refs (id TEXT PRIMARY KEY, parents TEXT NOT NULL, layers TEXT"
              + " NOT NULL, owns_layer INTEGER NOT NULL, mutable INTEGER NOT NULL, retained INTEGER"
              + " NOT NULL, description TEXT NOT NULL, type TEXT NOT NULL, created INTEGER NOT NULL,"
              + " last_used INTEGER, usage_count INTEGER NOT NULL, size INTEGER NOT NULL,"
              + " generation INTEGER NOT NULL, stamp INTEGER NOT NULL)");
      statement.execute(
          "CREATE TABLE IF NOT EXISTS ref_values (ref TEXT NOT NULL, name TEXT NOT NULL, value TEXT"
              + " NOT NULL, PRIMARY KEY (ref, name))");
      addColumn(statement, "stamp");
    }
  }

  /** Stores of earlier versions lack it. */
  private static void addColumn(Statement statement, String name) throws SQLException {
    var count = "SELECT count(*) FROM pragma_table_info('refs') WHERE name = '" + name + "'";
    try (var row = statement.executeQuery(count)) {
      if (row.next() && row.getInt(1) > 0) {
        return;
      }
    }
    statement.execute("ALTER TABLE refs ADD COLUMN " + name + " INTEGER NOT NULL DEFAULT 0");
  }

  /** Queues the record's state as it is now. */
  void save(RefRecord record) {
    var lastUsed = record.lastUsedAt == null ? null : nanos(record.lastUsedAt);
    var layers = new ArrayList<>(record.layers);
    if (record.ownsLayer) {
      layers.removeLast();
    }
    Object[] row = {
      record.id,
      String.join(" ", record.parents),
      String.join(" ", layers),
      record.ownsLayer,
      record.isMutable,
      record.isRetained,
      record.description,
      record.type.text(),
      nanos(record.createdAt),
      lastUsed,
      record.usageCount,
      record.size,
      record.generation,
      record.stamp
    };
    submit(record, "INSERT OR REPLACE INTO refs VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)", row);
  }

  void saveValue(RefRecord record, String name, String value) {
    submit(record, "INSERT OR REPLACE INTO ref_values VALUES (?,?,?)", record.id, name, value);
  }

  void removeValue(RefRecord record, String name) {
    submit(record, "DELETE FROM ref_values WHERE ref = ? AND name = ?", record.id, name);
  }

  void remove(RefRecord record) {
    submit(record, "DELETE FROM ref_values WHERE ref = ?", record.id);
    submit(record, "DELETE FROM refs WHERE id = ?", record.id);
  }

  private void submit(RefRecord record, String sql, Object... parameters) {
    var written =
        database.submit(connection -> {
          try (var statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
              statement.setObject(i + 1, parameters[i]);
            }
            statement.executeUpdate();
          }
        });
    var _ =
        written.whenComplete((_, failure) -> {
          if (failure != null) {
            record.lost = failure;
          }
        });
  }

  void flush() throws IOException {
    database.flush();
  }

  /**
   * Waits until all rows of a record are durable.
   *
   * @throws IOException if one could not be written
   */
  void flush(RefRecord record) throws IOException {
    database.flush();
    var failure = record.lost;
    if (failure != null) {
      throw Database.refused(failure);
    }
  }

  List<RefRecord> load() throws IOException {
    return database.read(connection -> {
      var records = new ArrayList<RefRecord>();
      try (var statement = connection.createStatement();
          var rows = statement.executeQuery("SELECT * FROM refs ORDER BY created, id")) {
        while (rows.next()) {
          records.add(read(rows));
        }
      }
      for (var record : records) {
        loadValues(connection, record);
      }
      return records;
    });
  }

  private static RefRecord read(java.sql.ResultSet row) throws SQLException {
    var options =
        new RefOptions(
            row.getString("description"),
            RecordType.parse(row.getString("type")),
            row.getBoolean("retained"));
    var record =
        new RefRecord(
            row.getString("id"),
            words(row.getString("parents")),
            words(row.getString("layers")),
            row.getBoolean("owns_layer"),
            options,
            instant(row.getLong("created")));
    record.isMutable = row.getBoolean("mutable");
    long lastUsed = row.getLong("last_used");
    record.lastUsedAt = row.wasNull() ? null : instant(lastUsed);
    record.usageCount = row.getInt("usage_count");
    record.size = row.getLong("size");
    record.generation = row.getInt("generation");
    record.stamp = row.getLong("stamp");
    return record;
  }

  private static void loadValues(Connection connection, RefRecord record) throws SQLException {
    try (var statement =
        connection.prepareStatement("SELECT name, value FROM ref_values WHERE ref = ?")) {
      statement.setString(1, record.id);
      try (var rows = statement.executeQuery()) {
        while (rows.next()) {
          record.values.put(rows.getString(1), rows.getString(2));
        }
      }
    }
  }

  private static List<String> words(String text) {
    return text.isEmpty() ? List.of() : List.of(text.split(" ", -1));
  }

  private static long nanos(Instant instant) {
    return Math.addExact(
        Math.multiplyExact(instant.getEpochSecond(), 1_000_000_000L), instant.getNano());
  }

  private static Instant instant(long nanos) {
    return Instant.ofEpochSecond(
        Math.floorDiv(nanos, 1_000_000_000L), Math.floorMod(nanos, 1_000_000_000L));
  }
}
