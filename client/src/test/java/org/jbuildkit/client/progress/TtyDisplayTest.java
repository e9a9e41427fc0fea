package org.jbuildkit.client.progress;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import org.jbuildkit.linux.Terminal;
import org.jbuildkit.protocol.control.StatusResponse;
import org.jbuildkit.protocol.control.Vertex;
import org.jbuildkit.protocol.control.VertexLog;
import org.jbuildkit.protocol.control.VertexStatus;
import org.jbuildkit.protocol.control.VertexWarning;
import org.junit.jupiter.api.Test;

class TtyDisplayTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final StatusResponse.Builder update = StatusResponse.newBuilder();
  private long millis;

  private TtyDisplay display(int columns, int rows, Map<String, String> environment) {
    return new TtyDisplay(
        new ProgressOutput(new PrintStream(bytes, true)),
        () -> new Terminal.Size(columns, rows),
        ProgressHeading.NONE,
        environment,
        () -> Instant.ofEpochMilli(millis));
  }

  private static Timestamp at(long millis) {
    return Timestamp.newBuilder()
        .setSeconds(millis / 1000)
        .setNanos((int) (millis % 1000 * 1_000_000))
        .build();
  }

  private Vertex.Builder vertex(String name) {
    return update.addVertexesBuilder().setDigest(name).setName(name);
  }

  private void done(String name, long start, long end) {
    vertex(name).setStarted(at(start)).setCompleted(at(end));
  }

  private void status(String vertex, String id, long current) {
    update.addStatuses(
        VertexStatus.newBuilder()
            .setVertex(vertex)
            .setID(id)
            .setCurrent(current)
            .setTimestamp(at(0))
            .setStarted(at(0))
            .setCompleted(at(1)));
  }

  private void log(String vertex, String text) {
    update.addLogs(VertexLog.newBuilder().setVertex(vertex).setMsg(ByteString.copyFromUtf8(text)));
  }

  private void show(TtyDisplay display) {
    display.add(update.build());
    update.clear();
    bytes.reset();
    display.refresh();
  }

  private String shown() {
    return bytes.toString(StandardCharsets.UTF_8).replace("\u001b", "ESC").replace("\n", "\\n\n");
  }

  /** Lines without escapes and without spaces at their ends. */
  private String plain() {
    return bytes
        .toString(StandardCharsets.UTF_8)
        .replaceAll("\u001b\\[[0-9;?]*[A-Za-z]", "")
        .lines()
        .map(String::stripTrailing)
        .collect(Collectors.joining("\n", "", "\n"));
  }

  @Test
  void framesAreTheOriginalsByteForByte() {
    var display = display(40, 12, Map.of());
    display.refresh();
    assertThat(shown())
        .isEqualTo(
            "ESC[1AESC[1BESC[0GESC[?25l[+] Building 0.0s (0/1)                 \\n\nESC[?25h");
    done("[internal] load build definition from Dockerfile", 0, 20);
    status("[internal] load build definition from Dockerfile", "transferring dockerfile:", 265);
    done("[context base] load metadata for docker.io/library/base", 0, 10);
    done("[internal] load .dockerignore", 0, 10);
    status("[internal] load .dockerignore", "transferring context:", 2);
    vertex("[context base] OCI load from client")
        .setStarted(at(0))
        .setCompleted(at(10))
        .setCached(true);
    status("[context base] OCI load from client", "resolve docker.io/library/base@sha256:a1a4", 0);
    vertex("[a 1/2] RUN for i in 1 2 3 4 5 6 7 8; do echo a-$i; done").setStarted(at(0));
    vertex("[b 1/2] RUN for i in 1 2 3 4 5; do echo b-$i; done").setStarted(at(0));
    for (int i = 0; i < 3; i++) {
      vertex("later" + i);
    }
    millis = 200;
    show(display);
    assertThat(shown())
        .isEqualTo(
            """
            ESC[1AESC[0GESC[?25l[+] Building 0.2s (4/9)                 \\n
            ESC[34m => [internal] load build definit  0.0s\\n
            ESC[0mESC[34m => => transferring dockerfi 265B  0.0s\\n
            ESC[0mESC[34m => [context base] load metadata   0.0s\\n
            ESC[0mESC[34m => [internal] load .dockerignore  0.0s\\n
            ESC[0mESC[34m => => transferring context: 2B    0.0s\\n
            ESC[0mESC[34m => CACHED [context base] OCI loa  0.0s\\n
            ESC[0mESC[34m => => resolve docker.io/library/  0.0s\\n
            ESC[0m => [a 1/2] RUN for i in 1 2 3 4   0.2s\\n
             => [b 1/2] RUN for i in 1 2 3 4 5   0.2s\\n
            ESC[?25h\
            """
                .replace("1 2 3 4 5   0.2s", "1 2 3 4   0.2s"));
    show(display);
    assertThat(shown()).startsWith("ESC[1A".repeat(10) + "ESC[0GESC[?25l");
  }

  @Test
  void outputOfRunningStepsIsShownWhereThereIsRoom() {
    var display = display(60, 30, Map.of());
    vertex("run a").setStarted(at(0));
    log("run a", "one\ntwo\rTW\n\u001b[31mred\u001b[0m\n");
    vertex("run b").setStarted(at(0));
    millis = 1700;
    show(display);
    assertThat(plain().replaceAll(" +1.7s", " 1.7s"))
        .isEqualTo(
            """
            [+] Building 1.7s (0/2)
             => run a 1.7s
             => => # one
             => => # TWo
             => => # red
             => run b 1.7s
            """);
    assertThat(shown()).contains("ESC[2m => => # one" + " ".repeat(47) + "\\n\nESC[0m");
  }

  @Test
  void aWindowScrollsAndWraps() {
    var window = new LogWindow(3, 5);
    window.write("1\n2\n3\n4\n".getBytes(StandardCharsets.UTF_8));
    assertThat(window.visible()).containsExactly("2    ", "3    ", "4    ");
    window.write("abcdefg\u00e9".getBytes(StandardCharsets.UTF_8));
    assertThat(window.visible()).containsExactly("4    ", "abcde", "fg\u00e9  ");
    window.write("\u001b[1;2HX\u001b[K\u001b[2;".getBytes(StandardCharsets.UTF_8));
    window.write("1HYY\bZ".getBytes(StandardCharsets.UTF_8));
    assertThat(window.visible()).containsExactly("4X   ", "YZcde", "fg\u00e9  ");
    window.write("\u001b[2J".getBytes(StandardCharsets.UTF_8));
    assertThat(window.visible()).isEmpty();
  }

  @Test
  void runningLinesStayWhenThereIsNoRoom() {
    var display = display(60, 6, Map.of());
    vertex("running").setStarted(at(0));
    for (int i = 1; i <= 5; i++) {
      done("step " + i, i, i + 1);
    }
    millis = 100;
    show(display);
    assertThat(plain().lines().map(line -> line.replaceAll(" +[0-9.]+s$", "")))
        .containsExactly(
            "[+] Building 0.1s (5/6)", " => running", " => step 3", " => step 4", " => step 5");
  }

  @Test
  void endingsHaveTheirColours() {
    var display =
        display(60, 20, Map.of("BUILDKIT_COLORS", "run=light-green:error=255,20,0:cancel=cyan"));
    done("fine", 0, 1);
    vertex("bad").setStarted(at(0)).setCompleted(at(1)).setError("broke");
    vertex("gone").setStarted(at(0)).setCompleted(at(1)).setError("x: context canceled");
    update.addWarnings(
        VertexWarning.newBuilder().setVertex("fine").setShort(ByteString.copyFromUtf8("hm")));
    show(display);
    assertThat(shown())
        .contains("ESC[92m => fine")
        .contains("ESC[0m => WARN: hm")
        .contains("ESC[38;5;196m => ERROR bad")
        .contains("ESC[36m => CANCELED gone");
  }

  @Test
  void noColorLeavesCursorMovements() {
    var display = display(60, 20, Map.of("NO_COLOR", "1", "BUILDKIT_COLORS", "run=red"));
    done("fine", 0, 1);
    show(display);
    assertThat(shown()).contains("\\n\n => fine").contains("ESC[?25h").doesNotContain("m =>");
  }

  @Test
  void colourSettingsThatMakeNoSenseAreToldOf() {
    var told = new java.util.ArrayList<String>();
    var colors =
        DisplayColors.of(
            Map.of("BUILDKIT_COLORS", "run:error=pink:x=red:cancel=1,2:warning=1,2,300:RUN=red"),
            told::add);
    assertThat(colors).isEqualTo(new DisplayColors("31", "33", "31", "33"));
    assertThat(told)
        .isEqualTo(
            Arrays.asList(
                "Could not parse BUILDKIT_COLORS component: run",
                "Unknown color value found in BUILDKIT_COLORS: error=pink",
                "Unknown key found in BUILDKIT_COLORS (expected: run, cancel, error, or warning):"
                    + " x",
                "Could not parse value 1,2 as valid RGB color. Ignoring.",
                "A field in BUILDKIT_COLORS appears to contain an RGB value that is not within the"
                    + " valid range of 0-255: 1,2,300"));
  }
}
