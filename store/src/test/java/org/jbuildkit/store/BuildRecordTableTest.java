package org.jbuildkit.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;
import org.jbuildkit.base.Digest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BuildRecordTableTest {
  private static final Digest ONE = Digest.sha256(new byte[] {1});
  private static final Digest TWO = Digest.sha256(new byte[] {2});

  @TempDir private Path folder;

  private static BuildRecordTable.Row row(String ref, String record, Digest... blobs) {
    return new BuildRecordTable.Row(ref, record.getBytes(StandardCharsets.UTF_8), Set.of(blobs));
  }

  @Test
  void rowsOutliveTheProcessAndNameTheirBlobs() throws Exception {
    try (var database = Database.open(folder.resolve("db"))) {
      var table = new BuildRecordTable(database);
      table.put(row("b", "second", ONE, TWO));
      table.put(row("a", "first", ONE));
      table.put(row("b", "changed", TWO));
    }
    try (var database = Database.open(folder.resolve("db"))) {
      var table = new BuildRecordTable(database);
      assertThat(table.all()).extracting(BuildRecordTable.Row::ref).containsExactly("a", "b");
      assertThat(table.find("b").orElseThrow().record()).asString().isEqualTo("changed");
      assertThat(table.find("b").orElseThrow().blobs()).containsExactly(TWO);
      assertThat(table.blobs()).containsExactlyInAnyOrder(ONE, TWO);
      table.remove("b");
      assertThat(table.find("b")).isEmpty();
      assertThat(table.blobs()).containsExactly(ONE);
    }
  }
}
