package org.jbuildkit.session.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.linux.Dir;
import org.jbuildkit.linux.ProcessCalls;
import org.jbuildkit.protocol.fsutil.Packet;
import org.jbuildkit.protocol.fsutil.Packet.PacketType;
import org.jbuildkit.protocol.fsutil.Stat;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** CVE-2026-44517: senders of trees that want to write, read or change what is not theirs. */
@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostileSenderTest {
  private static final int FILE = 0644;
  private static final int DIRECTORY = FileModes.DIRECTORY | 0755;
  private static final int LINK = FileModes.SYMLINK | 0777;

  @TempDir Path folder;
  private Path tree;
  private Path secret;
  private final ArrayDeque<Packet> packets = new ArrayDeque<>();

  @BeforeEach
  void trees() throws IOException {
    tree = Files.createDirectory(folder.resolve("tree"));
    secret = Files.writeString(folder.resolve("secret"), "the host's");
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
  }

  private static Stat.Builder stat(String path, int mode) {
    return Stat.newBuilder().setPath(ByteString.copyFromUtf8(path)).setMode(mode);
  }

  private static Stat.Builder link(String path, String target, int mode) {
    return stat(path, mode).setLinkname(ByteString.copyFromUtf8(target));
  }

  private HostileSenderTest announce(Stat.Builder... stats) {
    for (var stat : stats) {
      packets.add(Packet.newBuilder().setType(PacketType.PACKET_STAT).setStat(stat).build());
    }
    return this;
  }

  private HostileSenderTest data(int id, String text) {
    var bytes = ByteString.copyFromUtf8(text);
    packets.add(
        Packet.newBuilder().setType(PacketType.PACKET_DATA).setID(id).setData(bytes).build());
    return this;
  }

  private HostileSenderTest end() {
    packets.add(Packet.newBuilder().setType(PacketType.PACKET_STAT).build());
    packets.add(Packet.newBuilder().setType(PacketType.PACKET_FIN).build());
    return this;
  }

  private void receive() throws IOException, InterruptedException {
    var stream =
        new PacketStream() {
          @Override
          public void send(Packet packet) {
            // The sender does not listen.
          }

          @Override
          public Optional<Packet> receive() {
            return Optional.ofNullable(packets.poll());
          }
        };
    boolean isRoot = ProcessCalls.effectiveUserId() == 0;
    try (var root = Dir.open(tree);
        var into = new DirectoryTarget(root, isRoot)) {
      FileReceiver.receive(
          stream,
          into,
          FileReceiver.Differ.METADATA,
          FileReceiver.Extra.DELETE,
          sent -> sent,
          _ -> {});
    }
  }

  private void checkSecret() throws IOException {
    assertThat(secret).hasContent("the host's");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(secret)))
        .isEqualTo("rw-------");
    assertThat(folder.toFile().list()).containsExactlyInAnyOrder("tree", "secret");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../secret",
        "/secret",
        "a/../../secret",
        "..",
        ".",
        "./x",
        "a//b",
        "a/",
        "",
        "a\0b"
      })
  void pathsThatAreNotCleanAreRefused(String path) throws IOException {
    announce(stat("a", DIRECTORY), stat(path, FILE)).data(1, "x").data(1, "").end();
    assertThatThrownBy(this::receive).isInstanceOf(BuildException.class);
    checkSecret();
  }

  @Test
  void nothingIsWrittenThroughALinkThatWasJustSent() throws IOException {
    announce(link("up", "..", LINK), stat("up/secret", FILE)).data(1, "x").data(1, "").end();
    assertThatThrownBy(this::receive).hasMessageContaining("changes out of order");
    checkSecret();
  }

  @Test
  void nothingIsWrittenThroughALinkThatWasThereBefore() throws Exception {
    Files.createSymbolicLink(tree.resolve("d"), folder);
    announce(stat("d", DIRECTORY), stat("d/secret", FILE)).data(1, "x").data(1, "").end();
    receive();
    checkSecret();
    assertThat(tree.resolve("d")).isDirectory();
    assertThat(tree.resolve("d/secret")).hasContent("x");
  }

  /** A link that is swapped in after its folder was announced. */
  @Test
  void aFolderThatBecomesALinkMeanwhileIsNotFollowed() throws IOException {
    announce(stat("d", DIRECTORY), stat("d/secret", FILE));
    packets.add(Packet.newBuilder().setType(PacketType.PACKET_STAT).build());
    announce(link("d", folder.toString(), LINK)).data(1, "x").data(1, "").end();
    assertThatThrownBy(this::receive).isInstanceOf(BuildException.class);
    checkSecret();
  }

  @ParameterizedTest
  @ValueSource(strings = {"../secret", "/secret", "a/../../secret", "up/secret"})
  void furtherNamesAreOfFilesInsideOnly(String target) throws Exception {
    announce(stat("a", DIRECTORY), link("up", "..", LINK), link("x", target, FILE)).end();
    assertThatThrownBy(this::receive).isInstanceOfAny(BuildException.class, IOException.class);
    checkSecret();
    assertThat(Files.getAttribute(secret, "unix:nlink")).isEqualTo(1);
  }

  @Test
  void ownersOverThirtyOneBitsAreRefused() throws IOException {
    assumeTrue(ProcessCalls.effectiveUserId() == 0, "owners are set: needs root");
    announce(stat("f", FILE).setUid(-1)).data(0, "x").data(0, "").end();
    assertThatThrownBy(this::receive).hasMessage("invalid owner 4294967295:0 of f");
    packets.clear();
    announce(stat("d", DIRECTORY).setGid(Integer.MIN_VALUE)).end();
    assertThatThrownBy(this::receive).hasMessage("invalid owner 0:2147483648 of d");
  }

  @Test
  void whatOverlayfsKeepsInAttributesIsNotTheSendersToSet() throws Exception {
    assumeTrue(ProcessCalls.effectiveUserId() == 0, "trusted attributes are set: needs root");
    var mark = ByteString.copyFromUtf8("/etc");
    announce(
            stat("d", DIRECTORY)
                .putAllXattrs(Map.of("trusted.overlay.redirect", mark, "trusted.own", mark)))
        .end();
    receive();
    try (var root = Dir.open(tree)) {
      assertThat(root.xattrs(ByteName.ofText("d")).all())
          .doesNotContainKey("trusted.overlay.redirect");
    }
  }

  @Test
  void filesThatAreBegunAndNeverEndedAreCounted() {
    for (int i = 0; i < 300; i++) {
      announce(stat("f%03d".formatted(i), FILE));
    }
    for (int i = 0; i < 300; i++) {
      data(i, "x");
    }
    assertThatThrownBy(this::receive).hasMessage("sender began more than 256 files at once");
    assertThat(tree).isEmptyDirectory();
  }

  @Test
  void bytesOfFilesThatNobodyAskedForAreRefused() {
    announce(stat("d", DIRECTORY)).data(0, "x");
    assertThatThrownBy(this::receive).hasMessage("invalid file request 0");
    packets.clear();
    data(-1, "x");
    assertThatThrownBy(this::receive).hasMessage("invalid file request 4294967295");
  }

  @Test
  void pathsThatNoKernelTakesAreRefusedUnread() {
    announce(stat("a/".repeat(2_000_000) + "b", FILE)).end();
    assertThatThrownBy(this::receive).hasMessage("path of 4000001 bytes is too long");
  }
}
