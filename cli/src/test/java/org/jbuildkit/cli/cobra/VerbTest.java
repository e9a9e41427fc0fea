package org.jbuildkit.cli.cobra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jbuildkit.cli.Flag;
import org.jbuildkit.cli.Invocation;
import org.jbuildkit.cli.UsageException;
import org.junit.jupiter.api.Test;

class VerbTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final List<Invocation> runs = new ArrayList<>();
  private final Verb root =
      Verb.of("buildx", "Builds")
          .sharedFlags(Flag.text("Builder", "builder"), Flag.bool("Debug", "debug", "D"))
          .verbs(
              Verb.of("build [OPTIONS] PATH", "Start a build")
                  .aliases("b")
                  .arity(Arity.ONE)
                  .flags(
                      Flag.text("Dockerfile", "file", "f"),
                      Flag.bool("Quiet", "quiet", "q"),
                      Flag.bool("Load", "load"),
                      Flag.list("Tags", "tag", "t"),
                      Flag.of(Flag.Kind.SLICE, "Hosts", "add-host"),
                      Flag.of(Flag.Kind.BYTES, "Shared memory", "shm-size"))
                  .action(invocation -> {
                    runs.add(invocation);
                    return 0;
                  }));

  private int run(boolean plugin, String... words) throws Exception {
    var out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    return root.run(
        List.of(words), new Program(plugin ? "docker" : "docker-buildx", plugin, "", out));
  }

  @Test
  void flagsStandAnywhereAndLettersCombine() throws Exception {
    run(false, "--builder", "x", "b", "-qfD", ".", "-t=a", "-tb", "--tag", "c,d", "--debug=true");
    var invocation = runs.getFirst();
    assertThat(invocation.text("builder")).isEqualTo("x");
    assertThat(invocation.flag("quiet")).isTrue();
    assertThat(invocation.text("file")).isEqualTo("D");
    assertThat(invocation.list("tag")).containsExactly("a", "b", "c,d");
    assertThat(invocation.arguments()).containsExactly(".");
  }

  @Test
  void slicesAreSplitAndDashesEndFlags() throws Exception {
    run(false, "build", "--add-host", "a:1,b:2", "--add-host", "c:3", "--", "-q");
    assertThat(runs.getFirst().list("add-host")).containsExactly("a:1", "b:2", "c:3");
    assertThat(runs.getFirst().arguments()).containsExactly("-q");
  }

  @Test
  void mistakesAreToldInTheWordsOfTheOriginal() {
    assertThatThrownBy(() -> run(false, "build", "--x"))
        .isInstanceOf(UsageException.class)
        .hasMessage("unknown flag: --x");
    assertThatThrownBy(() -> run(false, "-v")).hasMessage("unknown shorthand flag: 'v' in -v");
    assertThatThrownBy(() -> run(false, "build", "--builder"))
        .hasMessage("flag needs an argument: --builder");
    assertThatThrownBy(() -> run(false, "build", "--load=zz", "."))
        .hasMessage(
            "invalid argument \"zz\" for \"--load\" flag: strconv.ParseBool: parsing \"zz\":"
                + " invalid syntax");
    assertThatThrownBy(() -> run(false, "build", "--shm-size", "zz", "."))
        .hasMessage("invalid argument \"zz\" for \"--shm-size\" flag: invalid size: 'zz'");
    assertThatThrownBy(() -> run(false, "build"))
        .hasMessage(
            """
            docker-buildx: 'docker-buildx build' requires 1 argument

            Usage:  docker-buildx build [OPTIONS] PATH

            Run 'docker-buildx build --help' for more information\
            """);
  }

  @Test
  void aPluginEndsWithAStatusOfItsOwnForBadFlags() {
    assertThatThrownBy(() -> run(true, "build", "--x"))
        .isInstanceOfSatisfying(ExitException.class, e -> assertThat(e.status()).isEqualTo(125));
  }

  @Test
  void helpListsWhatThereIs() throws Exception {
    assertThat(run(false)).isZero();
    assertThat(bytes.toString(StandardCharsets.UTF_8))
        .startsWith("Builds\n\nUsage:\n  docker-buildx\n  docker-buildx [command]\n")
        .contains("Available Commands:\n  build       Start a build\n  help        Help about")
        .contains("  -D, --debug            Debug\n");
    bytes.reset();
    run(false, "build", "--help");
    assertThat(bytes.toString(StandardCharsets.UTF_8))
        .contains("Aliases:\n  build, b\n")
        .contains("  -t, --tag stringArray")
        .contains("Global Flags:\n");
    assertThatThrownBy(() -> run(false, "foo")).hasMessage("unknown command: \"foo\"");
  }
}
