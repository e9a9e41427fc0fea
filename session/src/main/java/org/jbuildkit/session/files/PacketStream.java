package org.jbuildkit.session.files;

import java.util.Optional;
import org.jbuildkit.protocol.fsutil.Packet;
import org.jbuildkit.session.stream.MessageStream;

/** One end of a transfer's packets. Several threads may send, one receives. */
public interface PacketStream {
  /** Sends once the transport takes it. */
  void send(Packet packet) throws InterruptedException;

  /** The next packet, or empty at the end. */
  Optional<Packet> receive() throws InterruptedException;

  static PacketStream of(MessageStream<Packet, Packet> stream) {
    return new PacketStream() {
      @Override
      public void send(Packet packet) throws InterruptedException {
        stream.send(packet);
      }

      @Override
      public Optional<Packet> receive() throws InterruptedException {
        return stream.receive();
      }
    };
  }
}
