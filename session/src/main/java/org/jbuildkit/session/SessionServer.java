package org.jbuildkit.session;

import io.grpc.BindableService;
import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.protobuf.services.HealthStatusManager;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jbuildkit.base.RandomId;
import org.jbuildkit.protocol.control.ControlGrpc;
import org.jbuildkit.protocol.keys.MetadataKeys;
import org.jbuildkit.protocol.keys.WireLimits;
import org.jbuildkit.session.stream.ByteDuplex;
import org.jbuildkit.session.stream.ByteMessages;
import org.jbuildkit.session.stream.MessageStream;
import org.jbuildkit.session.tunnel.TunnelServer;

/** A client's session: serves attachables to the daemon over a byte stream. */
public final class SessionServer implements AutoCloseable {
  private final String id;
  private final String sharedKey;
  private final TunnelServer tunnel;

  private SessionServer(String id, String sharedKey, TunnelServer tunnel) {
    this.id = id;
    this.sharedKey = sharedKey;
    this.tunnel = tunnel;
  }

  /**
   * Starts serving {@code attachables} and health; the daemon reaches them after {@link #connect}.
   *
   * @param sharedKey scopes the reuse of directories sent before; may be empty
   */
  public static SessionServer start(String sharedKey, List<BindableService> attachables)
      throws IOException {
    var services = new ArrayList<>(attachables);
    services.add(new HealthStatusManager().getHealthService());
    return new SessionServer(
        RandomId.next(), sharedKey, TunnelServer.start(services, new CallHeaders()));
  }

  public String id() {
    return id;
  }

  /** What tells the daemon of the session. */
  public Metadata headers() {
    var headers = new Metadata();
    headers.put(CallHeaders.key(MetadataKeys.SESSION_ID), id);
    headers.put(CallHeaders.key(MetadataKeys.SESSION_SHARED_KEY), sharedKey);
    for (var method : tunnel.methods()) {
      headers.put(CallHeaders.key(MetadataKeys.SESSION_METHOD), method);
    }
    return headers;
  }

  /** Opens the session over the daemon's {@code Control.Session}; close the result to end it. */
  public Connection connect(Channel control) {
    var stream = MessageStream.open(control, ControlGrpc.getSessionMethod(), headers());
    return new Connection(ByteDuplex.of(stream, ByteMessages.CONTROL, WireLimits.STREAM_CHUNK));
  }

  /** Serves over a stream opened in another way, with {@link #headers} sent in its opening. */
  public Connection connect(ByteDuplex duplex) {
    return new Connection(duplex);
  }

  /** An open session. */
  public final class Connection implements AutoCloseable {
    private final ByteDuplex duplex;
    private final Thread thread;

    private Connection(ByteDuplex duplex) {
      this.duplex = duplex;
      this.thread = Thread.ofVirtual().name("session").start(this::serve);
    }

    private void serve() {
      try {
        tunnel.attach(duplex);
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }

    /** Half-closes, waits briefly for the daemon's end, and closes. */
    @Override
    public void close() {
      try {
        duplex.output().close();
        thread.join(java.time.Duration.ofSeconds(2));
      } catch (IOException _) {
        // The stream has ended already.
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      } finally {
        duplex.close();
      }
    }
  }

  @Override
  public void close() {
    tunnel.close();
  }
}
