package org.jbuildkit.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.linux.Dir;
import org.jbuildkit.session.attach.ExportDestination;
import org.jbuildkit.session.attach.ExportReceiver;
import org.jbuildkit.session.attach.SharedDirectories;
import org.jbuildkit.session.calls.DirectoryRequest;
import org.jbuildkit.session.calls.ResultUpload;
import org.jbuildkit.session.files.DirectoryTarget;
import org.jbuildkit.session.files.FileReceiver.Differ;
import org.jbuildkit.session.files.Selection;
import org.jbuildkit.session.files.TreeEntries;
import org.jbuildkit.session.files.TreeFilter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class TransferTest {
  @TempDir Path temporary;
  private Path source;
  private Path target;
  private final ByteArrayOutputStream tarball = new ByteArrayOutputStream();
  private ControlFixture control;
  private SessionServer server;
  private SessionServer.Connection connection;

  @BeforeEach
  void open() throws Exception {
    source = Files.createDirectories(temporary.resolve("source"));
    target = Files.createDirectories(temporary.resolve("target"));
    control = new ControlFixture();
    server =
        SessionServer.start(
            "",
            List.of(
                new SharedDirectories(Map.of("context", source)),
                new ExportReceiver(
                    Map.of(
                        0,
                        new ExportDestination.ToStream(_ -> tarball),
                        1,
                        new ExportDestination.ToDirectory(temporary.resolve("out"), false)))));
    connection = server.connect(control.channel);
  }

  @AfterEach
  void close() throws Exception {
    connection.close();
    server.close();
    control.close();
  }

  private Session session() throws Exception {
    return control.registry.await(server.id(), Duration.ofSeconds(5));
  }

  private long receive(TreeFilter filter) throws Exception {
    var bytes = new AtomicLong();
    try (var root = Dir.open(target);
        var into = new DirectoryTarget(root, false)) {
      new DirectoryRequest("context", filter)
          .receive(session(), into, Differ.METADATA, Selection.ALL, bytes::set);
    }
    return bytes.get();
  }

  @Test
  void treeArrivesAndOnlyChangesAreSentAgain() throws Exception {
    Files.writeString(source.resolve("foo"), "x".repeat(200_000));
    Files.createDirectories(source.resolve("foo-dir/sub"));
    Files.writeString(source.resolve("foo-dir/sub/a.txt"), "a");
    Files.createSymbolicLink(source.resolve("link"), Path.of("foo-dir/../../../etc"));
    Files.createLink(source.resolve("hard"), source.resolve("foo"));
    Files.writeString(source.resolve("empty"), "");
    Files.writeString(target.resolve("stale"), "old");
    assertThat(receive(TreeFilter.ALL)).isGreaterThan(200_000);
    assertThat(target.resolve("foo")).hasSameBinaryContentAs(source.resolve("foo"));
    assertThat(target.resolve("foo-dir/sub/a.txt")).hasContent("a");
    assertThat(target.resolve("empty")).isEmptyFile();
    assertThat(target.resolve("stale")).doesNotExist();
    assertThat(Files.readSymbolicLink(target.resolve("link"))).hasToString("foo-dir/../../../etc");
    assertThat(Files.getAttribute(target.resolve("hard"), "unix:nlink")).isEqualTo(2);
    Files.writeString(source.resolve("foo-dir/sub/a.txt"), "changed");
    assertThat(receive(TreeFilter.ALL)).isLessThan(2_000);
    assertThat(target.resolve("foo-dir/sub/a.txt")).hasContent("changed");
  }

  @Test
  void filtersDecideWhatIsSent() throws Exception {
    Files.createDirectories(source.resolve("a/b"));
    Files.createDirectories(source.resolve("c"));
    Files.writeString(source.resolve("a/b/x.go"), "");
    Files.writeString(source.resolve("a/b/x.o"), "");
    Files.writeString(source.resolve("c/y.go"), "");
    Files.writeString(source.resolve("c/keep.md"), "");
    receive(new TreeFilter(List.of("**/*.go", "a/b/*.o"), List.of("c"), List.of()));
    assertThat(target.resolve("a/b/x.go")).exists();
    assertThat(target.resolve("a/b/x.o")).exists();
    assertThat(target.resolve("c")).doesNotExist();
    receive(new TreeFilter(List.of(), List.of("*", "!c/keep.md"), List.of()));
    assertThat(target.resolve("c/keep.md")).exists();
    assertThat(target.resolve("c/y.go")).doesNotExist();
    assertThat(target.resolve("a")).doesNotExist();
  }

  @Test
  void followedPathsBringTheLinksAlong() throws Exception {
    Files.createDirectories(source.resolve("real/deep"));
    Files.writeString(source.resolve("real/deep/f"), "f");
    Files.writeString(source.resolve("real/other"), "");
    Files.createSymbolicLink(source.resolve("alias"), Path.of("/real/deep"));
    receive(new TreeFilter(List.of(), List.of(), List.of("alias/f", "missing")));
    assertThat(target.resolve("real/deep/f")).hasContent("f");
    assertThat(Files.isSymbolicLink(target.resolve("alias"))).isTrue();
    assertThat(target.resolve("real/other")).doesNotExist();
  }

  @Test
  void oneSmallFileMovesTheBytesThatPeersCount() throws Exception {
    Files.writeString(source.resolve("Dockerfile"), "y".repeat(90));
    long bytes = receive(new TreeFilter(List.of(), List.of(), List.of("Dockerfile", "dockerfile")));
    assertThat(bytes).isEqualTo(127);
  }

  @Test
  void unknownDirectoryIsRefused() throws Exception {
    try (var root = Dir.open(target);
        var into = new DirectoryTarget(root, false)) {
      var request = new DirectoryRequest("secret", TreeFilter.ALL);
      var session = session();
      assertThatThrownBy(
              () -> request.receive(session, into, Differ.METADATA, Selection.ALL, _ -> {}))
          .isInstanceOf(BuildException.class)
          .hasMessage(
              "rpc error: code = NotFound desc = rpc error: code = NotFound desc = "
                  + "no access allowed to dir \"secret\"");
    }
  }

  @Test
  void resultsGoToStreamsAndDirectories() throws Exception {
    var bytes = new byte[5_000_000];
    bytes[4_999_999] = 7;
    try (var out = new ResultUpload(session(), 0).openTarball(Map.of("key", "value"))) {
      out.write(bytes);
    }
    assertThat(tarball.toByteArray()).isEqualTo(bytes);
    Files.writeString(source.resolve("result"), "r");
    try (var root = Dir.open(source)) {
      new ResultUpload(session(), 1).sendTree(TreeEntries.of(root, TreeFilter.ALL), false);
    }
    assertThat(temporary.resolve("out/result")).hasContent("r");
  }
}
