package org.jbuildkit.fuzz;

import com.google.protobuf.MessageLite;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.jbuildkit.daemon.EmbeddedBuildkit;
import org.jbuildkit.daemon.config.DaemonConfig;
import org.jbuildkit.protocol.control.BuildHistoryRequest;
import org.jbuildkit.protocol.control.ControlGrpc;
import org.jbuildkit.protocol.control.InfoRequest;

/** A daemon that is attacked, one for all tests of a process. */
final class Target {
  /** What a daemon answers that has stumbled instead of refusing. */
  private static final Pattern STUMBLED =
      Pattern.compile(
          "NullPointer|OutOfBounds|ClassCast|IllegalState|NegativeArray|ArithmeticExc|Cannot invoke"
              + "|out of bounds|StackOverflow|NoSuchElement|No value present|ConcurrentModif"
              + "|UnsupportedOperation|out of memory");

  private static final int ANSWER_SECONDS = 30;

  private final ManagedChannel channel;

  private Target(ManagedChannel channel) {
    this.channel = channel;
  }

  /** Starts a daemon in a new folder, which the process's end takes along. */
  static Target start() {
    try {
      var root = Files.createTempDirectory("jbuildkit-fuzz");
      var buildkit = EmbeddedBuildkit.start(DaemonConfig.embedded(root.resolve("root")));
      Runtime.getRuntime().addShutdownHook(new Thread(() -> end(buildkit, root)));
      return new Target(buildkit.openChannel());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void end(EmbeddedBuildkit buildkit, Path root) {
    buildkit.close();
    try (var paths = Files.walk(root)) {
      for (var path : paths.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException | UncheckedIOException e) {
      System.err.println("left behind: " + root + ": " + e);
    }
  }

  Channel channel() {
    return channel;
  }

  /** Sends messages in one call and cancels it if it has not ended after {@code millis}. */
  <S extends MessageLite, R> Status call(
      MethodDescriptor<S, R> method, Metadata headers, List<S> messages, long millis)
      throws InterruptedException {
    var ended = new CountDownLatch(1);
    var status = new AtomicReference<>(Status.CANCELLED);
    ClientCall<S, R> call = channel.newCall(method, CallOptions.DEFAULT);
    call.start(
        new ClientCall.Listener<>() {
          @Override
          public void onMessage(R message) {
            call.request(1);
          }

          @Override
          public void onClose(Status closed, Metadata trailers) {
            status.set(closed);
            ended.countDown();
          }
        },
        headers);
    call.request(1);
    messages.forEach(call::sendMessage);
    call.halfClose();
    if (!ended.await(millis, TimeUnit.MILLISECONDS)) {
      call.cancel("enough", null);
      if (!ended.await(ANSWER_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError("the call hangs: " + method.getFullMethodName());
      }
    }
    check(method, messages, status.get());
    return status.get();
  }

  private static void check(
      MethodDescriptor<?, ?> method, List<? extends MessageLite> messages, Status status) {
    var text = String.valueOf(status.getDescription());
    var stumbled = STUMBLED.matcher(text);
    while (stumbled.find()) {
      var word = stumbled.group();
      // The fuzzer learns the words, and answers quote their requests.
      if (messages.stream().noneMatch(message -> bytes(message).contains(word))) {
        throw new AssertionError(method.getFullMethodName() + " stumbled: " + text);
      }
    }
  }

  private static String bytes(MessageLite message) {
    return new String(message.toByteArray(), StandardCharsets.ISO_8859_1);
  }

  /** That the daemon serves others, and that no build goes on that nobody wants any more. */
  void checkServes() throws InterruptedException {
    var control = ControlGrpc.newBlockingStub(channel);
    var info =
        control
            .withDeadlineAfter(ANSWER_SECONDS, TimeUnit.SECONDS)
            .info(InfoRequest.getDefaultInstance());
    if (!info.hasBuildkitVersion()) {
      throw new AssertionError("no version");
    }
    var request = BuildHistoryRequest.newBuilder().setActiveOnly(true).setEarlyExit(true).build();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(ANSWER_SECONDS);
    while (control.listenBuildHistory(request).hasNext()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("a build goes on that nobody waits for");
      }
      Thread.sleep(20);
    }
  }
}
