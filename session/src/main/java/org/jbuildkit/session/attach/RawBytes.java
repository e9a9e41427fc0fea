package org.jbuildkit.session.attach;

import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.MethodDescriptor.Marshaller;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.protocol.fsutil.Packet;
import org.jbuildkit.session.files.PacketStream;
import org.jbuildkit.session.stream.MessageStream;

/** Messages as the bytes that they are. */
final class RawBytes {
  static final Marshaller<byte[]> MARSHALLER =
      new Marshaller<>() {
        @Override
        public InputStream stream(byte[] value) {
          return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
          try {
            return stream.readAllBytes();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        }
      };

  private RawBytes() {}

  /** The packets that raw messages carry. */
  static PacketStream packets(MessageStream<byte[], byte[]> stream) {
    return new PacketStream() {
      @Override
      public void send(Packet packet) throws InterruptedException {
        stream.send(packet.toByteArray());
      }

      @Override
      public Optional<Packet> receive() throws InterruptedException {
        return stream.receive().map(RawBytes::packet);
      }
    };
  }

  private static Packet packet(byte[] bytes) {
    try {
      return Packet.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw BuildException.failed("invalid packet", e);
    }
  }
}
