package org.jbuildkit.client;

import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.util.Map;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.client.connect.Dial;
import org.jbuildkit.client.connect.TlsFiles;
import org.jbuildkit.protocol.control.ControlGrpc;

/** A lazy connection to a daemon: the first call makes it. */
public final class DaemonConnection implements AutoCloseable {
  private final Dial dial;

  private DaemonConnection(Dial dial) {
    this.dial = dial;
  }

  /**
   * @param address of a socket, or of a program that carries the connection
   * @param tls used for sockets
   */
  public static DaemonConnection open(String address, TlsFiles tls) {
    return open(address, tls, Map.of());
  }

  /**
   * As the other one.
   *
   * @param environment may name the trace that calls belong to
   */
  public static DaemonConnection open(
      String address, TlsFiles tls, Map<String, String> environment) {
    return new DaemonConnection(Dial.to(address, tls, environment));
  }

  /** Talks over a channel made elsewhere, such as one to a daemon in this process; owns it. */
  public static DaemonConnection over(ManagedChannel channel) {
    return new DaemonConnection(Dial.over(channel));
  }

  public Channel channel() {
    return dial.channel();
  }

  public ControlGrpc.ControlBlockingStub control() {
    return ControlGrpc.newBlockingStub(dial.channel());
  }

  /** A failed unary call's error; one that never reached the daemon says what was dialled. */
  public BuildException explain(StatusRuntimeException error) {
    return dial.explain(error);
  }

  /** A failed stream's error, with the frame that such errors keep. */
  public BuildException explainStream(StatusRuntimeException error) {
    return dial.explainStream(error);
  }

  @Override
  public void close() {
    dial.close();
  }
}
