package org.jbuildkit.session.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.linux.Errno;
import org.jbuildkit.linux.Fd;
import org.jbuildkit.linux.LinuxException;
import org.jbuildkit.protocol.fsutil.Packet;
import org.jbuildkit.protocol.fsutil.Packet.PacketType;
import org.jbuildkit.protocol.fsutil.Stat;
import org.junit.jupiter.api.Test;

/** Files that can't be read when they are asked for. */
class FileSenderTest {
  private static final int REGULAR = 0644;

  private final List<Packet> sent = Collections.synchronizedList(new ArrayList<>());
  private final LinkedBlockingQueue<Packet> received = new LinkedBlockingQueue<>();

  private final PacketStream stream =
      new PacketStream() {
        @Override
        public void send(Packet packet) {
          sent.add(packet);
          if (packet.hasStat()) {
            received.add(Packet.newBuilder().setType(PacketType.PACKET_REQ).setID(0).build());
          }
          if (packet.getType() == PacketType.PACKET_DATA && packet.getData().isEmpty()) {
            received.add(Packet.newBuilder().setType(PacketType.PACKET_FIN).build());
          }
        }

        @Override
        public Optional<Packet> receive() throws InterruptedException {
          return Optional.of(received.take());
        }
      };

  /** A tree of one file that fails to open. */
  private static final class OneFile implements TreeEntries {
    private final Errno error;
    private boolean told;

    OneFile(Errno error) {
      this.error = error;
    }

    @Override
    public Optional<Stat> next() {
      if (told) {
        return Optional.empty();
      }
      told = true;
      return Optional.of(
          Stat.newBuilder().setPath(ByteString.copyFromUtf8("f")).setMode(REGULAR).build());
    }

    @Override
    public Fd open(ByteName path) throws IOException {
      throw LinuxException.of("open", path.toString(), error);
    }
  }

  private void send(Errno error) throws InterruptedException {
    FileSender.send(stream, new OneFile(error));
  }

  @Test
  void oneThatTheUserMayNotReadIsTold() {
    assertThatThrownBy(() -> send(Errno.EACCES)).hasMessage("open f: permission denied");
    assertThat(sent)
        .filteredOn(packet -> packet.getType() == PacketType.PACKET_ERR)
        .extracting(packet -> packet.getData().toStringUtf8())
        .containsExactly("open f: permission denied");
  }

  @Test
  void oneThatIsGoneIsSentEmpty() throws InterruptedException {
    send(Errno.ENOENT);
    assertThat(sent).noneMatch(packet -> packet.getType() == PacketType.PACKET_ERR);
    assertThat(sent)
        .filteredOn(packet -> packet.getType() == PacketType.PACKET_DATA)
        .hasSize(1)
        .allMatch(packet -> packet.getData().isEmpty());
  }
}
