package org.jbuildkit.fuzz;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.mutation.annotation.NotNull;
import com.google.protobuf.ByteString;
import io.grpc.Metadata;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.linux.Dir;
import org.jbuildkit.linux.ProcessCalls;
import org.jbuildkit.protocol.control.BytesMessage;
import org.jbuildkit.protocol.control.ControlGrpc;
import org.jbuildkit.protocol.fsutil.Packet;
import org.jbuildkit.protocol.fsutil.Stat;
import org.jbuildkit.protocol.keys.MetadataKeys;
import org.jbuildkit.session.files.DirectoryTarget;
import org.jbuildkit.session.files.FileModes;
import org.jbuildkit.session.files.FileReceiver;
import org.jbuildkit.session.files.FileSender;
import org.jbuildkit.session.files.PacketStream;
import org.jbuildkit.session.files.TreeEntries;
import org.jbuildkit.session.files.TreeFilter;
import org.junit.jupiter.api.BeforeAll;

/** Peers of sessions that send what they like. */
class SessionFuzzTest {
  private static final long PATIENCE_MILLIS = 100;

  private static Target target;
  private static Path folder;
  private static int rounds;

  @BeforeAll
  static void start() throws IOException {
    assumeTrue(ProcessCalls.effectiveUserId() == 0, "the daemon mounts: needs root");
    target = Target.start();
    folder = Files.createTempDirectory("jbuildkit-fuzz-files");
    Files.writeString(folder.resolve("outside"), "untouched");
  }

  @FuzzTest
  void bytesOfATunnel(@NotNull List<byte @NotNull []> messages, boolean isHttp2)
      throws InterruptedException {
    var headers = new Metadata();
    headers.put(
        Metadata.Key.of(MetadataKeys.SESSION_ID, Metadata.ASCII_STRING_MARSHALLER),
        "fuzz" + rounds);
    var sent = new java.util.ArrayList<BytesMessage>();
    if (isHttp2) {
      // What a server sends first: settings, none of them set.
      sent.add(message(new byte[] {0, 0, 0, 4, 0, 0, 0, 0, 0}));
    }
    messages.forEach(bytes -> sent.add(message(bytes)));
    target.call(ControlGrpc.getSessionMethod(), headers, sent, PATIENCE_MILLIS);
    if (++rounds % 100 == 0) {
      target.checkServes();
    }
  }

  private static BytesMessage message(byte[] bytes) {
    return BytesMessage.newBuilder().setData(ByteString.copyFrom(bytes)).build();
  }

  /** A peer that says what it was told to say, whatever it hears. */
  private static final class Said implements PacketStream {
    private final ArrayDeque<Packet> packets;

    Said(List<Packet> packets) {
      this.packets = new ArrayDeque<>(packets);
    }

    @Override
    public void send(Packet packet) {
      // Nobody listens.
    }

    @Override
    public synchronized Optional<Packet> receive() {
      return Optional.ofNullable(packets.poll());
    }
  }

  @FuzzTest
  void receivedFiles(@NotNull List<@NotNull Packet> packets, boolean owners)
      throws IOException, InterruptedException {
    var into = Files.createDirectories(folder.resolve("in"));
    Files.writeString(into.resolve("kept"), "x");
    try (var root = Dir.open(into);
        var files = new DirectoryTarget(root, owners)) {
      FileReceiver.receive(
          new Said(packets.stream().map(SessionFuzzTest::harmless).toList()),
          files,
          FileReceiver.Differ.METADATA,
          FileReceiver.Extra.DELETE,
          stat -> stat,
          _ -> {});
    } catch (BuildException | IOException _) {
      // Refused.
    }
    try (var root = Dir.open(folder)) {
      root.removeTree(org.jbuildkit.base.ByteName.ofText("in"));
    }
    checkOutside();
  }

  private static void checkOutside() throws IOException {
    try (var names = Files.list(folder)) {
      boolean isAlone = names.count() == 1;
      if (!isAlone || !Files.readString(folder.resolve("outside")).equals("untouched")) {
        throw new AssertionError("something outside of the tree was changed");
      }
    }
  }

  /** Devices of this machine stay alone. */
  private static Packet harmless(Packet packet) {
    boolean isDevice = (packet.getStat().getMode() & FileModes.DEVICE) != 0;
    return isDevice
        ? packet.toBuilder()
            .setStat(Stat.newBuilder(packet.getStat()).setDevmajor(0).setDevminor(0))
            .build()
        : packet;
  }

  @FuzzTest
  void askedForFiles(@NotNull List<@NotNull Packet> packets)
      throws IOException, InterruptedException {
    var shared = Files.createDirectories(folder.resolve("outside.d"));
    Files.writeString(shared.resolve("a"), "content");
    try (var root = Dir.open(shared)) {
      FileSender.send(new Said(packets), TreeEntries.of(root, TreeFilter.ALL));
    } catch (BuildException _) {
      // Refused.
    } finally {
      Files.delete(shared.resolve("a"));
      Files.delete(shared);
    }
  }

  @FuzzTest
  void filters(@NotNull List<@NotNull String> include, @NotNull List<@NotNull String> exclude)
      throws IOException {
    var shared = Files.createDirectories(folder.resolve("outside.d"));
    try (var root = Dir.open(shared)) {
      var filter = new TreeFilter(include, exclude, include);
      var entries = TreeEntries.of(root, filter);
      while (entries.next().isPresent()) {
        // All are looked at.
      }
    } catch (BuildException _) {
      // Refused.
    } finally {
      Files.delete(shared);
    }
  }
}
