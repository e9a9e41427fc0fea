package org.jbuildkit.session;

import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jbuildkit.protocol.control.BytesMessage;
import org.jbuildkit.protocol.control.ControlGrpc;

/** A daemon that only holds sessions, and a client's channel to it. */
final class ControlFixture implements AutoCloseable {
  final SessionRegistry registry = new SessionRegistry();
  private final Server server;
  final ManagedChannel channel;

  ControlFixture() throws Exception {
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .intercept(new CallHeaders())
            .addService(
                new ControlGrpc.ControlImplBase() {
                  @Override
                  public StreamObserver<BytesMessage> session(StreamObserver<BytesMessage> out) {
                    return registry.accept(out);
                  }
                })
            .build()
            .start();
    channel = NettyChannelBuilder.forAddress("127.0.0.1", server.getPort()).usePlaintext().build();
  }

  @Override
  public void close() throws Exception {
    registry.close();
    channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    server.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
  }
}
