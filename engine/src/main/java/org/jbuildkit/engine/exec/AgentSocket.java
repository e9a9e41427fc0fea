package org.jbuildkit.engine.exec;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.linux.Dir;
import org.jbuildkit.session.Session;
import org.jbuildkit.session.SessionRegistry;
import org.jbuildkit.session.calls.AgentForward;
import org.jbuildkit.session.stream.ByteDuplex;

/**
 * A socket whose connections go to a client's ssh agent until it is closed.
 *
 * @param path of the socket
 */
public record AgentSocket(Path path, ServerSocketChannel server) implements AutoCloseable {
  private static final ByteName NAME = ByteName.ofText("agent");

  /**
   * A session that offers the agent.
   *
   * @param sessions ids in the order in which they are asked
   * @throws BuildException {@code no SSH key "ID" forwarded from the client}
   */
  public static Session offering(SessionRegistry registry, List<String> sessions, String id)
      throws InterruptedException {
    var missing =
        BuildException.failed("no SSH key \"%s\" forwarded from the client".formatted(id));
    return registry.any(
        sessions,
        session -> {
          if (!new AgentForward(session, id).isOffered()) {
            throw missing;
          }
          return session;
        });
  }

  /**
   * Opens a socket for this process's user alone.
   *
   * @param folder made by the caller, empty
   */
  public static AgentSocket open(Path folder, Session session, String id) throws IOException {
    return open(folder, session, id, new Owner(-1, -1, 0700));
  }

  /**
   * @param uid -1 to leave it as it is
   * @param mode permission bits
   */
  record Owner(int uid, int gid, int mode) {}

  static AgentSocket open(Path folder, Session session, String id, Owner owner) throws IOException {
    var path = folder.resolve("agent");
    var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try (var dir = Dir.open(folder)) {
      server.bind(UnixDomainSocketAddress.of(path));
      if (owner.uid() != -1) {
        dir.chown(NAME, owner.uid(), owner.gid());
      }
      dir.chmod(NAME, owner.mode());
    } catch (IOException | RuntimeException e) {
      server.close();
      throw e;
    }
    Thread.ofVirtual().name("ssh agent " + id).start(() -> accept(server, session, id));
    return new AgentSocket(path, server);
  }

  private static void accept(ServerSocketChannel server, Session session, String id) {
    try {
      while (true) {
        var connection = server.accept();
        Thread.ofVirtual().start(() -> carry(connection, session, id));
      }
    } catch (ClosedChannelException _) {
      // Nobody needs it any more.
    } catch (IOException e) {
      throw new IllegalStateException("can't take connections to the agent " + id, e);
    }
  }

  private static void carry(SocketChannel connection, Session session, String id) {
    try (connection) {
      var output =
          new FilterOutputStream(Channels.newOutputStream(connection)) {
            @Override
            public void write(byte[] data, int offset, int length) throws IOException {
              out.write(data, offset, length);
            }

            @Override
            public void close() throws IOException {
              connection.shutdownOutput();
            }
          };
      new AgentForward(session, id)
          .carry(ByteDuplex.of(Channels.newInputStream(connection), output, connection));
    } catch (IOException | BuildException _) {
      // The process sees its connection end.
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
