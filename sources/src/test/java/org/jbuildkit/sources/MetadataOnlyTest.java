package org.jbuildkit.sources;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.linux.Dir;
import org.jbuildkit.protocol.fsutil.Stat;
import org.jbuildkit.session.files.FileModes;
import org.jbuildkit.session.files.Selection.Announced;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetadataOnlyTest {
  @TempDir Path folder;

  private static Announced entry(int id, String path, boolean isDirectory) {
    var stat =
        Stat.newBuilder()
            .setPath(FileModes.wire(ByteName.ofText(path)))
            .setMode(0644 | (isDirectory ? FileModes.DIRECTORY : 0));
    return new Announced(id, stat.build());
  }

  private static List<String> names(List<Announced> taken) {
    return taken.stream().map(entry -> entry.stat().getPath().toStringUtf8()).toList();
  }

  @Test
  void onlyExceptionsAreTakenWithTheDirectoriesAboveThem() throws Exception {
    try (var root = Dir.open(folder);
        var list = new MetadataOnly(root, List.of("a/b/*.txt", "d"))) {
      assertThat(list.select(entry(0, "a", true))).isEmpty();
      assertThat(list.select(entry(1, "a/b", true))).isEmpty();
      assertThat(list.select(entry(2, "a/b/x.bin", false))).isEmpty();
      assertThat(names(list.select(entry(3, "a/b/x.txt", false))))
          .containsExactly("a", "a/b", "a/b/x.txt");
      assertThat(names(list.select(entry(4, "a/b/y.txt", false)))).containsExactly("a/b/y.txt");
      assertThat(list.select(entry(5, "c", true))).isEmpty();
      assertThat(names(list.select(entry(6, "d", true)))).containsExactly("d");
      assertThat(names(list.select(entry(7, "d/z", false)))).containsExactly("d/z");
      list.finish();
    }
    assertThat(folder).isDirectoryContaining(path -> path.endsWith(".fsutil-metadata"));
  }

  @Test
  void theListHasEveryEntryButTheClientsOwn() throws Exception {
    try (var root = Dir.open(folder);
        var list = new MetadataOnly(root, List.of())) {
      list.select(entry(0, ".fsutil-metadata", false));
      list.select(entry(1, "a", true));
      list.select(entry(2, "a/f", false));
      list.finish();
    }
    var bytes = ByteBuffer.wrap(Files.readAllBytes(folder.resolve(".fsutil-metadata")));
    var paths = new ArrayList<String>();
    while (bytes.hasRemaining()) {
      var message = new byte[bytes.order(ByteOrder.LITTLE_ENDIAN).getInt()];
      bytes.get(message);
      paths.add(Stat.parseFrom(message).getPath().toStringUtf8());
    }
    assertThat(paths).containsExactly("a", "a/f");
  }

  @Test
  void anUnfinishedListLeavesNothing() throws Exception {
    try (var root = Dir.open(folder);
        var list = new MetadataOnly(root, List.of())) {
      list.select(entry(0, "a", true));
    }
    assertThat(folder).isEmptyDirectory();
  }
}
