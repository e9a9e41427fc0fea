package org.jbuildkit.session.tunnel;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jbuildkit.protocol.keys.WireLimits;
import org.jbuildkit.session.stream.ByteDuplex;

/**
 * Copies bytes between an in-process channel and a byte stream, one virtual thread a direction.
 * Reading from the channel stops while more than a window of bytes waits to be written.
 */
final class LocalBridge extends ChannelInboundHandlerAdapter {
  private static final int WINDOW = 512 * 1024;
  private static final int READ = 64 * 1024;

  /** Queued after the last bytes; nothing else queued is empty. */
  private static final byte[] END = new byte[0];

  private final ByteDuplex duplex;
  private final LinkedBlockingQueue<byte[]> queue = new LinkedBlockingQueue<>();
  private final AtomicInteger queued = new AtomicInteger();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition writable = lock.newCondition();

  LocalBridge(ByteDuplex duplex) {
    this.duplex = duplex;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    context
        .channel()
        .config()
        .setWriteBufferWaterMark(new WriteBufferWaterMark(WINDOW / 2, WINDOW));
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
    signal();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    signal();
  }

  private void signal() {
    lock.lock();
    try {
      writable.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    var _ = context.close();
  }

  private void copyIn(ChannelHandlerContext context) {
    try {
      var input = duplex.input();
      var bytes = new byte[READ];
      for (int n = input.read(bytes); n >= 0; n = input.read(bytes)) {
        if (n > 0) {
          awaitWritable(context.channel());
          var _ = context.writeAndFlush(Unpooled.copiedBuffer(bytes, 0, n));
        }
      }
    } catch (IOException | InterruptedException _) {
      // The stream has ended; closing the channel tells the other side.
    } finally {
      var _ = context.close();
    }
  }

  private void awaitWritable(Channel channel) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (!channel.isWritable() && channel.isActive()) {
        writable.await();
      }
    } finally {
      lock.unlock();
    }
  }

  private void copyOut(ChannelHandlerContext context) {
    try {
      var output = duplex.output();
      var joined = new ByteArrayOutputStream(WireLimits.STREAM_CHUNK);
      while (true) {
        var bytes = queue.take();
        if (bytes.length == 0) {
          output.close();
          return;
        }
        int n = writeWithFollowing(output, bytes, joined);
        if (queue.isEmpty()) {
          output.flush();
        }
        int before = queued.getAndAdd(-n);
        if (before >= WINDOW && before - n < WINDOW) {
          context.channel().eventLoop().execute(context::read);
        }
      }
    } catch (IOException | InterruptedException _) {
      var _ = context.close();
    }
  }

  /** Small pieces that wait already go in one write. */
  private int writeWithFollowing(OutputStream output, byte[] first, ByteArrayOutputStream joined)
      throws IOException {
    var next = queue.peek();
    if (next == null || next.length == 0 || first.length + next.length > WireLimits.STREAM_CHUNK) {
      output.write(first);
      return first.length;
    }
    joined.reset();
    joined.writeBytes(first);
    while (next != null
        && next.length > 0
        && joined.size() + next.length <= WireLimits.STREAM_CHUNK) {
      joined.writeBytes(next);
      queue.remove();
      next = queue.peek();
    }
    output.write(joined.toByteArray());
    return joined.size();
  }
}
