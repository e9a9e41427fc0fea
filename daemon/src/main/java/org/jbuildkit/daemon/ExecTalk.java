package org.jbuildkit.daemon;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorDetail;
import org.jbuildkit.engine.exec.RunningProcess;
import org.jbuildkit.protocol.gateway.DoneMessage;
import org.jbuildkit.protocol.gateway.ExecMessage;
import org.jbuildkit.protocol.gateway.ExitMessage;
import org.jbuildkit.protocol.gateway.FdMessage;
import org.jbuildkit.session.errors.StatusCodec;
import org.jbuildkit.session.stream.MessageStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One process of a call: its streams go to and fro, then its status, then {@code Done}. Streams of
 * processes block their threads, so they get platform threads.
 */
final class ExecTalk {
  private static final Logger LOG = LoggerFactory.getLogger(ExecTalk.class);
  private static final int KILL = 9;
  private static final int QUEUE = 64;
  private static final int BUFFER = 32 << 10;
  private static final FdMessage END = FdMessage.newBuilder().setEOF(true).build();

  /** How long output is waited for that children of a process, which has ended, may still make. */
  private static final Duration LINGER = Duration.ofSeconds(5);

  private final String id;
  private final RunningProcess process;
  private final boolean hasTerminal;
  private final Set<Integer> streams;
  private final MessageStream<ExecMessage, ExecMessage> stream;
  private final BlockingQueue<FdMessage> input = new ArrayBlockingQueue<>(QUEUE);
  private final CountDownLatch inputEnded = new CountDownLatch(1);
  private final List<Thread> readers = new ArrayList<>();
  private volatile boolean ended;

  /**
   * @param streams the descriptors that the client wants to talk through
   */
  ExecTalk(
      String id,
      RunningProcess process,
      boolean hasTerminal,
      Set<Integer> streams,
      MessageStream<ExecMessage, ExecMessage> stream) {
    this.id = id;
    this.process = process;
    this.hasTerminal = hasTerminal;
    this.streams = Set.copyOf(streams);
    this.stream = stream;
  }

  RunningProcess process() {
    return process;
  }

  boolean takesInput() {
    return streams.contains(0);
  }

  void start() {
    readers.add(thread("output", () -> copy(1, process.output())));
    if (!hasTerminal) {
      readers.add(thread("errors", () -> copy(2, process.errors())));
    }
    if (!takesInput()) {
      inputEnded.countDown();
      if (!hasTerminal) {
        closeInput();
      }
      return;
    }
    var _ = thread("input", this::feed);
  }

  private Thread thread(String what, Runnable body) {
    return Thread.ofPlatform().daemon().name(what + " of " + id).start(body);
  }

  /** What nobody wants to see is read all the same: else the process would stand still. */
  private void copy(int fd, InputStream output) {
    boolean isWanted = streams.contains(fd);
    var buffer = new byte[BUFFER];
    try {
      for (int n = output.read(buffer); n >= 0; n = output.read(buffer)) {
        if (isWanted) {
          var data = ByteString.copyFrom(buffer, 0, n);
          send(FdMessage.newBuilder().setFd(fd).setData(data).build());
        }
      }
    } catch (IOException | IllegalStateException | BuildException e) {
      LOG.debug("output {} of {} ends early: {}", fd, id, e.getMessage());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void send(FdMessage file) throws InterruptedException {
    stream.send(ExecMessage.newBuilder().setProcessID(id).setFile(file).build());
  }

  /** Passes on what the client writes; waits while the process does not read. */
  void write(FdMessage file) throws InterruptedException {
    while (!ended && !input.offer(file, 100, java.util.concurrent.TimeUnit.MILLISECONDS)) {
      // The process may end meanwhile.
    }
    if (file.getEOF()) {
      inputEnded.countDown();
    }
  }

  /** The client writes no more. */
  void endInput() {
    inputEnded.countDown();
    if (takesInput()) {
      try {
        write(END);
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void feed() {
    try {
      while (!ended) {
        var file = input.poll(100, java.util.concurrent.TimeUnit.MILLISECONDS);
        if (file == null) {
          continue;
        }
        file.getData().writeTo(process.input());
        process.input().flush();
        if (file.getEOF()) {
          break;
        }
      }
    } catch (IOException | IllegalStateException e) {
      LOG.debug("{} takes no more input: {}", id, e.getMessage());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    if (!hasTerminal) {
      closeInput();
    }
  }

  private void closeInput() {
    try {
      process.input().close();
    } catch (IOException e) {
      LOG.debug("input of {} can't be closed: {}", id, e.getMessage());
    }
  }

  /** Waits for the end and tells of it. */
  void follow() throws InterruptedException {
    int status = process.await();
    ended = true;
    stream.send(ExecMessage.newBuilder().setProcessID(id).setExit(exit(status)).build());
    for (var reader : readers) {
      reader.join(LINGER);
    }
    for (int fd : streams) {
      if (fd != 0) {
        send(FdMessage.newBuilder().setFd(fd).setEOF(true).build());
      }
    }
    inputEnded.await();
    stream.send(
        ExecMessage.newBuilder()
            .setProcessID(id)
            .setDone(DoneMessage.getDefaultInstance())
            .build());
  }

  private static ExitMessage exit(int status) {
    if (status == 0) {
      return ExitMessage.getDefaultInstance();
    }
    var error =
        BuildException.failed("exit code: " + status).withDetail(new ErrorDetail.ExitCode(status));
    return ExitMessage.newBuilder().setCode(status).setError(StatusCodec.toProto(error)).build();
  }

  /** Ends a process that nobody talks to any more. */
  void kill() {
    if (ended) {
      return;
    }
    ended = true;
    try {
      process.signal(KILL);
    } catch (IOException e) {
      LOG.warn("process {} can't be ended: {}", id, e.getMessage());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
