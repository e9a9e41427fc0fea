package org.jbuildkit.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CacheKeyTableTest {
  @TempDir Path root;

  private static List<String> rows(CacheKeyTable table) throws IOException {
    var found = new ArrayList<String>();
    table.read(
        new CacheKeyTable.Rows() {
          @Override
          public void key(String id, String op, int output, int inputs) {
            found.add(id);
          }

          @Override
          public void link(String source, String target, int input, String selector) {
            found.add(source + ">" + target);
          }

          @Override
          public void record(String key, String result, Instant createdAt) {
            found.add(key + "=" + result);
          }
        });
    return found;
  }

  @Test
  void keysStayThatLeadToAResultWhoseTreeIsThere() throws Exception {
    try (var database = Database.open(root.resolve("db"))) {
      var refs =
          RefStore.open(
              root,
              OverlaySnapshotter.open(root.resolve("snapshots")),
              (_, _, _, _) -> {},
              database,
              Clock.systemUTC());
      var tree = refs.create(Optional.empty(), RefOptions.regular("kept")).commit().id();
      var table = new CacheKeyTable(database);
      for (var key : List.of("base", "middle", "top", "lost", "empty")) {
        table.addKey(key, "sha256:op", 0, 1);
      }
      table.addLink("base", "middle", 0, "");
      table.addLink("middle", "top", 0, "");
      table.addLink("middle", "lost", 0, "");
      table.addRecord("top", tree, Instant.EPOCH);
      table.addRecord("lost", "gone", Instant.EPOCH);
      table.addRecord("empty", "scratch", Instant.EPOCH);
      table.sweep("scratch");
      assertThat(rows(table))
          .containsExactlyInAnyOrder(
              "base",
              "middle",
              "top",
              "empty",
              "base>middle",
              "middle>top",
              "top=" + tree,
              "empty=scratch");
    }
  }
}
