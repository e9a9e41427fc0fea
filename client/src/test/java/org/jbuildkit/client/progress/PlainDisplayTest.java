package org.jbuildkit.client.progress;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.jbuildkit.protocol.control.StatusResponse;
import org.jbuildkit.protocol.control.Vertex;
import org.jbuildkit.protocol.control.VertexLog;
import org.jbuildkit.protocol.control.VertexStatus;
import org.junit.jupiter.api.Test;

class PlainDisplayTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PlainDisplay display =
      new PlainDisplay(
          new ProgressOutput(new PrintStream(bytes, true)), false, ProgressHeading.NONE);

  private static Timestamp at(long millis) {
    return Timestamp.newBuilder()
        .setSeconds(1_700_000_000 + millis / 1000)
        .setNanos((int) (millis % 1000) * 1_000_000)
        .build();
  }

  private static Vertex.Builder vertex(String digest, long start) {
    return Vertex.newBuilder().setDigest(digest).setName("step " + digest).setStarted(at(start));
  }

  private void show(StatusResponse.Builder update) {
    display.add(update.build());
    display.refresh();
  }

  private String printed() {
    display.finish();
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void statusLogAndEndOfOneStepFollowItsHeader() {
    show(StatusResponse.newBuilder().addVertexes(vertex("a", 0)));
    show(
        StatusResponse.newBuilder()
            .addStatuses(
                VertexStatus.newBuilder()
                    .setVertex("a")
                    .setID("sha256:x")
                    .setCurrent(20_970_000)
                    .setTotal(48_500_000)
                    .setTimestamp(at(1000))
                    .setStarted(at(0))));
    show(
        StatusResponse.newBuilder()
            .addLogs(
                VertexLog.newBuilder()
                    .setVertex("a")
                    .setTimestamp(at(310))
                    .setMsg(ByteString.copyFromUtf8("one\ntw"))));
    show(
        StatusResponse.newBuilder()
            .addLogs(
                VertexLog.newBuilder()
                    .setVertex("a")
                    .setTimestamp(at(11_240))
                    .setMsg(ByteString.copyFromUtf8("o\nlinking\n"))));
    show(StatusResponse.newBuilder().addVertexes(vertex("a", 0).setCompleted(at(12_300))));
    assertThat(printed())
        .isEqualTo(
            """
            #1 step a
            #1 sha256:x 20.97MB / 48.50MB 1.0s
            #1 0.310 one
            #1 0.310 two
            #1 11.24 linking
            #1 DONE 12.3s
            """);
  }

  @Test
  void finishedStepInterruptsARunningOne() {
    show(StatusResponse.newBuilder().addVertexes(vertex("a", 0)));
    show(
        StatusResponse.newBuilder()
            .addVertexes(vertex("b", 1).setCached(true).setCompleted(at(1))));
    show(
        StatusResponse.newBuilder()
            .addVertexes(vertex("a", 0).setCompleted(at(2000)).setError("it broke")));
    assertThat(printed())
        .isEqualTo(
            """
            #1 step a
            #1 ...

            #2 step b
            #2 CACHED

            #1 step a
            #1 ERROR: it broke
            ------
             > step a:
            ------
            """);
  }
}
