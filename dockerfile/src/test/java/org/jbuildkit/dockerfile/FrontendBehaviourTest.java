package org.jbuildkit.dockerfile;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.ArrayList;
import java.util.Map;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Json;
import org.jbuildkit.llb.LlbEdge;
import org.jbuildkit.llb.LoadedGraph;
import org.jbuildkit.oci.Platform;
import org.jbuildkit.protocol.pb.Definition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Messages and configs that users and tools see. */
class FrontendBehaviourTest {
  private static String failure(String text, Map<String, String> options) {
    var error = catchThrowable(() -> DockerfileFrontend.solve(new MemoryClient(text, options)));
    assertThat(error).as(text).isInstanceOf(BuildException.class);
    return BuildException.describe(error);
  }

  private static Json.Obj config(String text, Map<String, String> options)
      throws InterruptedException {
    var result = DockerfileFrontend.solve(new MemoryClient(text, options));
    return Json.parseObject(result.metadata().getOrDefault("containerimage.config", new byte[0]));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\u0001',
      value = {
        "FROM busybox AS A$ | dockerfile parse error on line 1: invalid name for build stage: \"A$\", name can't start with a number or contain symbols",
        "FROM --platform busybox | dockerfile parse error on line 1: missing a value on flag: --platform",
        "FROM scratch;RUNN foo | dockerfile parse error on line 2: unknown instruction: RUNN (did you mean RUN?)",
        "FOO | dockerfile parse error on line 1: unknown instruction: FOO (did you mean FROM?)",
        "# a;# b | file with no instructions",
        "RUN x | no build stage in current context",
        "ARG A=1 | dockerfile contains no stages to build",
        "FROM --platform=$TARGETPLATFOR busybox | empty platform value from expression $TARGETPLATFOR (did you mean TARGETPLATFORM?)",
        "FROM $X | base name ($X) should not be blank",
        "FROM Foo/B | failed to parse stage name \"Foo/B\": invalid reference format: repository name (B) must be lowercase",
        "FROM scratch;COPY --from=-1 a / | invalid stage index -1",
        "FROM scratch;COPY --from=0 a / | circular dependency detected on stage: stage-0",
        "FROM scratch;COPY --from=7 a / | invalid stage index 7",
        "FROM scratch;COPY --link=1 a / | dockerfile parse error on line 2: expecting boolean value for flag --link, not: 1",
        "FROM scratch;COPY --chwon=1 a / | dockerfile parse error on line 2: unknown flag: --chwon (did you mean chown?)",
        "FROM scratch;COPY --chmod=10000 a / | invalid chmod parameter: '10000'. it should be octal string and between 0 and 07777",
        "FROM scratch;COPY --chmod=u+q a / | invalid syntax",
        "FROM scratch;COPY a | dockerfile parse error on line 2: COPY requires at least two arguments, but only one was provided. Destination could not be determined",
        "FROM scratch;RUN --mount=tpye=bind x | unexpected key 'tpye' in 'tpye=bind' (did you mean type?)",
        "FROM scratch;RUN --mount=foo x | invalid field 'foo' must be a key=value pair",
        "FROM scratch;RUN --mount=type=bin x | unsupported mount type \"bin\" (did you mean bind?)",
        "FROM scratch;RUN --mount=type=cache,target=/x,sharing=lcoked x | unsupported sharing value \"lcoked\" (did you mean locked?)",
        "FROM scratch;RUN --mount=type=bind x | invalid mount target \"/\"",
        "FROM scratch;RUN --mount=type=tmpfs,target=/x,gid=1 x | gid not allowed for \"tmpfs\" type mounts",
        "FROM scratch;RUN --mount=from=$X,target=/x true | dockerfile parse error on line 2: 'from' doesn't support variable expansion, define alias stage instead",
        "FROM scratch;RUN --network=foo x | dockerfile parse error on line 2: invalid network mode \"foo\"",
        "FROM scratch;EXPOSE 80: | invalid port: \"80:\": no port specified",
        "FROM scratch;EXPOSE 80/foo | invalid port: \"80/foo\": invalid proto: foo",
        "FROM scratch;STOPSIGNAL SIGFOO | invalid signal: SIGFOO",
        "FROM scratch;HEALTHCHECK FOO | dockerfile parse error on line 2: Unknown type \"FOO\" in HEALTHCHECK (try CMD)",
        "FROM scratch;SHELL a | dockerfile parse error on line 2: SHELL requires the arguments to be in JSON form",
        "FROM scratch;ONBUILD ONBUILD RUN x | dockerfile parse error on line 2: Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed",
        "FROM scratch;COPY ${src:?unset} / | failed to process \"${src:?unset}\": src: unset",
        "FROM scratch;ENV A | ENV must have two arguments",
        "FROM scratch;RUN <<EOF | unterminated heredoc",
        "# escape=x;FROM scratch | invalid escape token 'x' does not match ` or \\",
        "FROM scratch AS a;COPY --from=b a /;FROM scratch AS b;FROM a | cannot copy from stage \"b\", it needs to be defined before current stage \"a\"",
        "FROM scratch AS build;FROM scratch | target stage \"biuld\" could not be found (did you mean build?)",
      })
  void mistakesAreToldInUpstreamsWords(String text, String message) {
    var options = text.contains("AS build") ? Map.of("target", "biuld") : Map.<String, String>of();
    assertThat(failure(text.strip().replace(';', '\n') + "\n", options)).isEqualTo(message.strip());
  }

  @Test
  void unknownImageGetsTheNameThatMayHaveBeenMeant() {
    var client =
        new MemoryClient("FROM busyboxx", Map.of()) {
          @Override
          public Image resolveImage(LlbEdge source, Platform platform, String logName) {
            throw BuildException.failed("not found");
          }
        };
    assertThat(catchThrowable(() -> DockerfileFrontend.solve(client)))
        .hasMessage("busyboxx: not found (did you mean busybox?)");
  }

  @Test
  void requestsThatCannotBeServedAreRefused() {
    assertThat(failure("FROM scratch", Map.of("requestid", "foo")))
        .isEqualTo("unsupported request foo");
    assertThat(failure("FROM scratch", Map.of("frontend.caps", "a.b")))
        .isEqualTo("unsupported frontend capability a.b");
    assertThat(failure("FROM scratch", Map.of("add-hosts", "a")))
        .isEqualTo("failed to parse additional hosts: invalid key-value pair a");
    assertThat(failure("FROM scratch", Map.of("ulimit", "nofile=5:3")))
        .isEqualTo(
            "failed to parse ulimit: ulimit soft limit must be less than or equal to hard limit:"
                + " 5 > 3");
    assertThat(failure("FROM base", Map.of("context:base", "bar")))
        .isEqualTo("invalid context specifier bar for base");
  }

  @Test
  void configOfAnEmptyImageIsUpstreams() throws InterruptedException {
    var result = DockerfileFrontend.solve(new MemoryClient("FROM scratch", Map.of()));
    assertThat(
            new String(result.metadata().getOrDefault("containerimage.config", new byte[0]), UTF_8))
        .isEqualTo(
            "{\"architecture\":\"amd64\",\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":null},"
                + "\"config\":{\"Env\":[\"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\"],"
                + "\"WorkingDir\":\"/\"}}");
    assertThat(new String(result.metadata().getOrDefault("refs.platforms", new byte[0]), UTF_8))
        .isEqualTo(
            "{\"Platforms\":[{\"ID\":\"linux/amd64\",\"Platform\":{\"architecture\":\"amd64\",\"os\":\"linux\"}}]}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\u0001',
      value = {
        "FROM scratch;ENV A=1;ENV B=2 C=$A | Env | [\"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\",\"A=1\",\"B=2\",\"C=1\"]",
        "FROM scratch;LABEL a=\"x\\;  y\" | Labels | {\"a\":\"x  y\"}",
        "FROM scratch;LABEL c=x\\ny | Labels | {\"c\":\"xny\"}",
        "FROM scratch;CMD a;ENTRYPOINT [] | Cmd | [\"/bin/sh\",\"-c\",\"a\"]",
        "FROM scratch;EXPOSE 80-82 443/UDP | ExposedPorts | {\"443/udp\":{},\"80/tcp\":{},\"81/tcp\":{},\"82/tcp\":{}}",
        "ARG A=1;FROM scratch;ARG A B=$A;LABEL l=$B | Labels | {\"l\":\"1\"}",
        "FROM scratch;HEALTHCHECK --interval=30s CMD x | Healthcheck | {\"Test\":[\"CMD-SHELL\",\"x\"],\"Interval\":30000000000}",
        "FROM scratch;WORKDIR /a;WORKDIR b/../c | WorkingDir | \"/a/c\"",
      })
  void configsAreUpstreams(String text, String member, String expected)
      throws InterruptedException {
    var made = config(text.strip().replace(';', '\n') + "\n", Map.of()).object("config");
    assertThat(made.get(member.strip()).map(Json::write)).hasValue(expected.strip());
  }

  @Test
  void namedDirectoryIsCopiedFromWithOnlyThePathsUsed() throws InterruptedException {
    var definitions = new ArrayList<Definition>();
    var client =
        new MemoryClient(
            "FROM scratch\nCOPY --from=foo a /b/\n", Map.of("context:foo", "local:foo")) {
          @Override
          public Tree solve(Definition definition) {
            definitions.add(definition);
            return super.solve(definition);
          }
        };
    DockerfileFrontend.solve(client);
    var inputs = LoadedGraph.load(definitions.getLast(), op -> op).result().vertex().inputs();
    var source = inputs.getFirst().vertex();
    assertThat(source.metadata().getDescriptionMap())
        .containsEntry("llb.customname", "[context foo] load from client");
    assertThat(source.op().getSource().getIdentifier()).isEqualTo("local://foo");
    assertThat(source.op().getSource().getAttrsMap())
        .containsEntry("local.followpaths", "[\"a\"]")
        .containsEntry("local.sharedkeyhint", "context:foo-");
  }
}
