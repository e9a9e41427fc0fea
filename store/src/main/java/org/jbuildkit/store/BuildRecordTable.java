package org.jbuildkit.store;

import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jbuildkit.base.Digest;

/**
 * The rows of build records: for each ref the record's bytes, which mean nothing here, and the
 * blobs that the record keeps alive. Blobs are stored before the row that names them.
 */
public final class BuildRecordTable {
  private final Database database;

  /**
   * @param record as it was put
   * @param blobs what it keeps alive
   */
  public record Row(String ref, byte[] record, Set<Digest> blobs) {
    public Row {
      blobs = Set.copyOf(blobs);
    }
  }

  public BuildRecordTable(Database database) throws IOException {
    this.database = database;
    database.write(connection -> {
      try (var statement = connection.createStatement()) {
        statement.execute(
            "CREATE TABLE IF NOT EXISTS build_records (ref TEXT PRIMARY KEY, record BLOB NOT"
                + " NULL)");
        statement.execute(
            "CREATE TABLE IF NOT EXISTS build_record_blobs (ref TEXT NOT NULL, digest TEXT NOT"
                + " NULL, PRIMARY KEY (ref, digest))");
      }
    });
  }

  /** Puts a row in place of the one of the same ref; returns when it is committed. */
  public void put(Row row) throws IOException {
    database.write(connection -> {
      remove(connection, row.ref());
      try (var statement = connection.prepareStatement("INSERT INTO build_records VALUES (?,?)")) {
        statement.setString(1, row.ref());
        statement.setBytes(2, row.record());
        statement.executeUpdate();
      }
      try (var statement =
          connection.prepareStatement("INSERT INTO build_record_blobs VALUES (?,?)")) {
        for (var blob : row.blobs()) {
          statement.setString(1, row.ref());
          statement.setString(2, blob.toString());
          statement.executeUpdate();
        }
      }
    });
  }

  /** Removes a row; returns when that is committed. */
  public void remove(String ref) throws IOException {
    database.write(connection -> remove(connection, ref));
  }

  private static void remove(Connection connection, String ref) throws SQLException {
    for (var table : List.of("build_records", "build_record_blobs")) {
      try (var statement = connection.prepareStatement("DELETE FROM " + table + " WHERE ref = ?")) {
        statement.setString(1, ref);
        statement.executeUpdate();
      }
    }
  }

  public Optional<Row> find(String ref) throws IOException {
    return database.read(connection -> {
      try (var statement =
          connection.prepareStatement("SELECT ref, record FROM build_records WHERE ref = ?")) {
        statement.setString(1, ref);
        return rows(connection, statement).stream().findFirst();
      }
    });
  }

  /** All rows, by ref. */
  public List<Row> all() throws IOException {
    return database.read(connection -> {
      try (var statement =
          connection.prepareStatement("SELECT ref, record FROM build_records ORDER BY ref")) {
        return rows(connection, statement);
      }
    });
  }

  private static List<Row> rows(Connection connection, PreparedStatement records)
      throws SQLException {
    var rows = new ArrayList<Row>();
    try (var found = records.executeQuery();
        var blobs =
            connection.prepareStatement("SELECT digest FROM build_record_blobs WHERE ref = ?")) {
      while (found.next()) {
        blobs.setString(1, found.getString(1));
        try (var digests = blobs.executeQuery()) {
          rows.add(new Row(found.getString(1), found.getBytes(2), digests(digests)));
        }
      }
    }
    return rows;
  }

  /** All blobs that rows keep alive. */
  public Set<Digest> blobs() throws IOException {
    return database.read(connection -> {
      try (var statement = connection.createStatement();
          var found = statement.executeQuery("SELECT DISTINCT digest FROM build_record_blobs")) {
        return digests(found);
      }
    });
  }

  private static Set<Digest> digests(ResultSet rows) throws SQLException {
    var digests = new HashSet<Digest>();
    while (rows.next()) {
      Digest.tryParse(rows.getString(1)).ifPresent(digests::add);
    }
    return digests;
  }
}
