package org.jbuildkit.session.tunnel;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jbuildkit.protocol.keys.WireLimits;
import org.jbuildkit.session.stream.ByteDuplex;

/**
 * Copies bytes between an in-process channel and a byte stream, one virtual thread a direction.
 * Reading from the channel stops while more than a window of bytes waits to be written.
 */
final class LocalBridge extends ChannelInboundHandlerAdapter {
  private static final int WINDOW = 512 * 1024;

  /** Queued after the last bytes; nothing else queued is empty. */
  private static final byte[] END = new byte[0];

  private final ByteDuplex duplex;
  private final LinkedBlockingQueue<byte[]> queue = new LinkedBlockingQueue<>();
  private final AtomicInteger queued = new AtomicInteger();

  LocalBridge(ByteDuplex duplex) {
    this.duplex = duplex;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    Thread.ofVirtual().name("tunnel-in").start(() -> copyIn(context));
    Thread.ofVirtual().name("tunnel-out").start(() -> copyOut(context));
    context.read();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    try {
      var buffer = (ByteBuf) message;
      // An empty message would corrupt the stream at some peers.
      if (buffer.isReadable()) {
        queued.addAndGet(buffer.readableBytes());
        queue.add(ByteBufUtil.getBytes(buffer));
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    if (queued.get() < WINDOW) {
      context.read();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    queue.add(END);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    var _ = context.close();
  }

  private void copyIn(ChannelHandlerContext context) {
    try {
      var input = duplex.input();
      while (true) {
        var bytes = new byte[WireLimits.STREAM_CHUNK];
        int n = input.read(bytes);
        if (n < 0) {
          break;
        }
        if (n > 0) {
          context.writeAndFlush(Unpooled.wrappedBuffer(bytes, 0, n)).await();
        }
      }
    } catch (IOException | InterruptedException _) {
      // The stream has ended; closing the channel tells the other side.
    } finally {
      var _ = context.close();
    }
  }

  private void copyOut(ChannelHandlerContext context) {
    try {
      var output = duplex.output();
      while (true) {
        var bytes = queue.take();
        if (bytes.length == 0) {
          output.close();
          return;
        }
        output.write(bytes);
        if (queue.isEmpty()) {
          output.flush();
        }
        int before = queued.getAndAdd(-bytes.length);
        if (before >= WINDOW && before - bytes.length < WINDOW) {
          context.channel().eventLoop().execute(context::read);
        }
      }
    } catch (IOException | InterruptedException _) {
      var _ = context.close();
    }
  }
}
