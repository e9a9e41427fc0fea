package org.jbuildkit.session.files;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.base.TaskScope;
import org.jbuildkit.linux.LinuxException;
import org.jbuildkit.protocol.fsutil.Packet;
import org.jbuildkit.protocol.fsutil.Packet.PacketType;
import org.jbuildkit.protocol.keys.WireLimits;

/** The sending side of a transfer: announces every entry and serves the files asked for. */
public final class FileSender {
  private static final int END = -1;

  private final PacketStream stream;
  private final TreeEntries tree;
  private final ConcurrentHashMap<Integer, ByteName> offered = new ConcurrentHashMap<>();
  private final LinkedBlockingQueue<Integer> requests = new LinkedBlockingQueue<>();

  private FileSender(PacketStream stream, TreeEntries tree) {
    this.stream = stream;
    this.tree = tree;
  }

  /** Sends a tree and returns once the receiver has it all. */
  public static void send(PacketStream stream, TreeEntries tree) throws InterruptedException {
    var sender = new FileSender(stream, tree);
    try (var scope = TaskScope.open()) {
      scope.fork(() -> {
        sender.announce();
        return 0;
      });
      scope.fork(() -> {
        sender.serve();
        return 0;
      });
      scope.fork(() -> {
        sender.listen();
        return 0;
      });
      scope.join();
    }
    stream.send(Packet.newBuilder().setType(PacketType.PACKET_FIN).build());
  }

  private void announce() throws IOException, InterruptedException {
    try {
      int id = 0;
      for (var next = tree.next(); next.isPresent(); next = tree.next()) {
        var stat = next.get();
        if (FileModes.isRegular(stat)) {
          offered.put(id, FileModes.path(stat));
        }
        stream.send(Packet.newBuilder().setStat(stat).build());
        id++;
      }
      stream.send(Packet.getDefaultInstance());
    } catch (IOException | BuildException e) {
      tell(e);
      throw e;
    }
  }

  private void tell(Exception error) throws InterruptedException {
    stream.send(
        Packet.newBuilder()
            .setType(PacketType.PACKET_ERR)
            .setData(ByteString.copyFromUtf8(BuildException.describe(error)))
            .build());
  }

  private void listen() throws InterruptedException {
    while (true) {
      var received = stream.receive();
      if (received.isEmpty()) {
        throw BuildException.failed("unexpected EOF");
      }
      var packet = received.get();
      switch (packet.getType()) {
        case PACKET_REQ -> requests.add(packet.getID());
        case PACKET_FIN -> {
          requests.add(END);
          return;
        }
        case PACKET_ERR ->
            throw BuildException.failed("error from receiver: " + packet.getData().toStringUtf8());
        default -> throw BuildException.failed("unexpected packet " + packet.getType());
      }
    }
  }

  private void serve() throws IOException, InterruptedException {
    for (int id = requests.take(); id != END; id = requests.take()) {
      var path = offered.remove(id);
      if (path == null) {
        throw BuildException.failed("invalid file id " + Integer.toUnsignedString(id));
      }
      sendFile(id, path);
      stream.send(data(id).build());
    }
  }

  private void sendFile(int id, ByteName path) throws IOException, InterruptedException {
    try (var file = tree.open(path)) {
      if (!file.stat().isRegular()) {
        return; // a socket, or replaced meanwhile
      }
      var buffer = new byte[WireLimits.FILE_DATA_CHUNK];
      for (int n = file.read(buffer, 0, buffer.length);
          n > 0;
          n = file.read(buffer, 0, buffer.length)) {
        stream.send(data(id).setData(ByteString.copyFrom(buffer, 0, n)).build());
      }
    } catch (LinuxException e) {
      if (!isGone(e)) {
        tell(e);
        throw e;
      }
    }
  }

  /**
   * A file that has become something else meanwhile goes as an empty one. BuildKit sends one that
   * the user may not read in the same way: here that is an error, as the build would go on without
   * the content.
   */
  private static boolean isGone(LinuxException e) {
    return switch (e.errno()) {
      case ENOENT, ENXIO, ELOOP -> true;
      default -> false;
    };
  }

  private static Packet.Builder data(int id) {
    return Packet.newBuilder().setType(PacketType.PACKET_DATA).setID(id);
  }
}
