package org.jbuildkit.store;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jbuildkit.base.Digest;

/**
 * Which repositories of which registries are known to hold a blob: there it need not be asked for,
 * or sent, again.
 */
public final class BlobOrigins {
  private final Database database;

  public BlobOrigins(Database database) throws IOException {
    this.database = database;
    database.write(connection -> {
      try (var statement = connection.createStatement()) {
        statement.execute(
            "CREATE TABLE IF NOT EXISTS blob_origins (digest TEXT NOT NULL, host TEXT NOT NULL,"
                + " repository TEXT NOT NULL, PRIMARY KEY (digest, host, repository))");
      }
    });
  }

  /**
   * Notes that a repository holds a blob.
   *
   * @param host of the registry, without port
   */
  public void add(Digest digest, String host, String repository) throws IOException {
    database.write(connection -> {
      try (var statement =
          connection.prepareStatement("INSERT OR IGNORE INTO blob_origins VALUES (?,?,?)")) {
        statement.setString(1, digest.toString());
        statement.setString(2, host);
        statement.setString(3, repository);
        statement.executeUpdate();
      }
    });
  }

  /**
   * The repositories of a registry that hold a blob, sorted.
   *
   * @param host of the registry, without port
   */
  public List<String> repositories(Digest digest, String host) throws IOException {
    return database.read(connection -> {
      var found = new ArrayList<String>();
      try (var statement =
          connection.prepareStatement(
              "SELECT repository FROM blob_origins WHERE digest = ? AND host = ? ORDER BY"
                  + " repository")) {
        statement.setString(1, digest.toString());
        statement.setString(2, host);
        try (var rows = statement.executeQuery()) {
          while (rows.next()) {
            found.add(rows.getString(1));
          }
        }
      }
      return found;
    });
  }

  /** Digests of all blobs that are noted. */
  public Set<Digest> blobs() throws IOException {
    return database.read(connection -> {
      var found = new HashSet<Digest>();
      try (var statement = connection.createStatement();
          var rows = statement.executeQuery("SELECT DISTINCT digest FROM blob_origins")) {
        while (rows.next()) {
          Digest.tryParse(rows.getString(1)).ifPresent(found::add);
        }
      }
      return found;
    });
  }

  /** Forgets a blob that is no longer stored; queued, not awaited. */
  public void remove(Digest digest) {
    var _ =
        database.submit(connection -> {
          try (var statement =
              connection.prepareStatement("DELETE FROM blob_origins WHERE digest = ?")) {
            statement.setString(1, digest.toString());
            statement.executeUpdate();
          }
        });
  }
}
