package org.jbuildkit.dockerfile;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.jbuildkit.protocol.pb.FileActionCopy;
import org.jbuildkit.protocol.pb.Op;
import org.junit.jupiter.api.Test;

/** Contexts that are not the client's. */
class RemoteContextTest {
  private static final String FILE = "FROM scratch\nCOPY a /\n";

  @Test
  void repositoriesAreContextAndHoldTheDockerfile() throws InterruptedException {
    var options = Map.of("context", "github.com/o/r#main:sub", "build-arg:SOURCE_DATE_EPOCH", "1");
    var client = new MemoryClient(FILE, options);
    var llb = LlbOf.client(client);
    var source = llb.source("git://");
    assertThat(source.getSource().getIdentifier()).isEqualTo("git://github.com/o/r#main:sub");
    assertThat(source.getSource().getAttrsMap())
        .containsEntry("git.fullurl", "https://github.com/o/r")
        .containsEntry("git.mtime", "commit");
    assertThat(llb.names())
        .containsExactly("[internal] load git source github.com/o/r#main:sub", "[1/1] COPY a /");
    assertThat(client.solved).hasSize(2);
  }

  @Test
  void aDirectoryOfTheContextCanBeAskedFor() throws InterruptedException {
    var llb =
        LlbOf.file(FILE, Map.of("context", "https://h/r.git?subdir=x", "contextsubdir", "b/c"));
    var scoping = llb.ops().get(1).getFile().getActions(0).getCopy();
    assertThat(scoping)
        .isEqualTo(
            FileActionCopy.newBuilder()
                .setSrc("/b/c")
                .setDest("/")
                .setMode(-1)
                .setDirCopyContents(true)
                .setTimestamp(-1)
                .build());
    var local = LlbOf.file(FILE, Map.of("contextsubdir", "b"));
    assertThat(local.ops()).filteredOn(Op::hasFile).hasSize(1);
  }

  @Test
  void aDownloadedTextIsTheDockerfile() throws InterruptedException {
    var client = new MemoryClient("", Map.of("context", "https://h/f")).with("context", FILE);
    var llb = LlbOf.client(client);
    assertThat(llb.source("https://").getSource().getAttrsMap())
        .isEqualTo(Map.of("http.filename", "context"));
    assertThat(llb.names().getFirst()).isEqualTo("[internal] load remote build context");
  }

  @Test
  void aDownloadedArchiveIsUnpacked() throws InterruptedException {
    var client =
        new MemoryClient(FILE, Map.of("context", "https://h/f.tar.bz2")).with("context", "BZh91");
    var unpacking = LlbOf.client(client).ops().get(1).getFile().getActions(0).getCopy();
    assertThat(unpacking)
        .isEqualTo(
            FileActionCopy.newBuilder()
                .setSrc("/context")
                .setDest("/")
                .setMode(-1)
                .setAttemptUnpackDockerCompatibility(true)
                .setTimestamp(-1)
                .build());
    assertThat(RemoteContext.isArchive("FROM x".getBytes(UTF_8))).isFalse();
    var header = new byte[512];
    header[0] = 'f';
    var sum = "%06o".formatted((int) 'f' + 8 * ' ').getBytes(UTF_8);
    System.arraycopy(sum, 0, header, 148, sum.length);
    header[155] = ' ';
    assertThat(RemoteContext.isArchive(header)).isTrue();
  }
}
