package org.jbuildkit.dockerfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.Map;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorDetail;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Mistakes are told in BuildKit's words. A semicolon stands for a line end. */
class MistakesTest {
  private static BuildException failure(String text, Map<String, String> options) {
    var client = new MemoryClient(text.strip().replace(';', '\n') + "\n", options);
    var error = catchThrowable(() -> DockerfileFrontend.solve(client));
    assertThat(error).as(text).isInstanceOf(BuildException.class);
    return (BuildException) error;
  }

  private static String message(String text, Map<String, String> options) {
    return BuildException.describe(failure(text, options));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '\u0001',
      value = {
        "FROM a b ~ dockerfile parse error on line 1: FROM requires either one or three arguments",
        "FROM --platform=${X:?must} busybox ~ failed to process arguments for platform : failed to process \"${X:?must}\": X: must",
        "FROM --platform=linux/${MYARCH} busybox ~ failed to parse platform linux/${MYARCH}: \"\" is an invalid component of \"linux/\": platform specifier component must match \"^[A-Za-z0-9_.-]+$\": invalid argument",
        "ARG MY_ARCH=x;FROM --platform=linux/${MYARCH} busybox ~ failed to parse platform linux/${MYARCH}: \"\" is an invalid component of \"linux/\": platform specifier component must match \"^[A-Za-z0-9_.-]+$\": invalid argument (did you mean MY_ARCH?)",
        "FROM scratch AS a..b ~ invalid context name a..b: invalid reference format",
        "FROM scratch AS a;RUN --mount=from=b,target=/x [\"y\"];FROM scratch AS b;FROM a ~ cannot mount from stage \"b\" to \"/x\", stage needs to be defined before current command",
        "FROM scratch;COPY --from=A/B a / ~ failed to parse stage name \"A/B\": invalid reference format: repository name (B) must be lowercase",
        "FROM scratch;COPY --from=${X} a / ~ variable expansion is not supported for --from, define a new stage with FROM using ARG from global scope as a workaround",
        "FROM A/B AS x;FROM scratch ~ failed to parse stage name \"A/B\": invalid reference format: repository name (B) must be lowercase",
        "FROM scratch;COPY --chmod=10000 a / ~ invalid chmod parameter: '10000'. it should be octal string and between 0 and 07777",
        "FROM scratch;COPY --chmod=9 a / ~ invalid chmod parameter: '9'. it should be octal string and between 0 and 07777",
        "FROM scratch;COPY a <<EOF;x;EOF ~ dockerfile parse error on line 2: COPY cannot accept a heredoc as a destination",
        "FROM scratch;ADD --checksum=abc https://h/x / ~ invalid checksum digest format",
        "FROM scratch;ADD --checksum=sha256:abc https://h/x / ~ invalid checksum digest length",
        "FROM scratch;ADD --checksum=sha256:abc a / ~ checksum requires HTTP(S) or Git sources",
        "FROM scratch;ADD --checksum=abc https://h/x https://h/y / ~ checksum can't be specified for multiple sources",
        "FROM scratch;COPY https://h/x / ~ source can't be a URL for COPY",
        "FROM scratch;COPY https://h/x.git / ~ source can't be a git ref for COPY",
        "FROM scratch;ADD https://h/x.git?ref=a#b / ~ ref conflicts: \"b\" vs \"a\"",
        "FROM scratch;ADD https://h/x.git?subdir=a#:b / ~ subdir conflicts: \"b\" vs \"a\"",
        "FROM scratch;ADD https://h/x.git?tag=b&branch=c / ~ branch conflicts with tag",
        "FROM scratch;ADD https://h/x.git?keep-git-dir=x / ~ invalid keep-git-dir value: \"x\"",
        "FROM scratch;ADD https://h/x.git?mtime=x / ~ invalid mtime value: \"x\" (must be \"checkout\" or \"commit\")",
        "FROM scratch;ADD https://h/x.git?foo=x / ~ unexpected query \"foo\"",
        "FROM scratch;ADD https://h/x.git?ref=x&ref=y / ~ query \"ref\" has multiple values",
        "FROM scratch;ADD https://h/x.git?ref= / ~ query \"ref\" has no value",
        "FROM scratch;ADD --keep-git-dir=false https://h/x.git?keep-git-dir / ~ inconsistent keep-git-dir configuration",
        "FROM scratch;ADD --checksum=a https://h/x.git?checksum=b / ~ checksum mismatch \"a\" != \"b\"",
        "FROM scratch;RUN --mount= true ~ dockerfile parse error on line 2: failed to parse csv mounts: EOF",
        "FROM scratch;RUN --mount=foo=bar true ~ unexpected key 'foo' in 'foo=bar' (did you mean from?)",
        "FROM scratch;RUN --mount=type=tmpfs,target=/x,gid=1 true ~ gid not allowed for \"tmpfs\" type mounts",
        "FROM scratch;RUN --mount=type=bind,target=/x,sharing=locked true ~ invalid cache sharing set for bind mount",
        "FROM scratch;RUN --mount=type=bind,target=/x,required true ~ unexpected key 'required' for mount type 'bind'",
        "FROM scratch;RUN --mount=type=bind,target=/x,size=1 true ~ unexpected key 'size' for mount type 'bind'",
        "FROM scratch;RUN --mount=type=tmpfs,target=/x,size=1x true ~ invalid value for size: 1x",
        "FROM scratch;RUN --mount=type=bind,target=/x,ro=x true ~ invalid value for ro: x",
        "FROM scratch;RUN --mount=type=cache,target=/x,mode=9 true ~ invalid value 9 for mode",
        "FROM scratch;RUN --mount=type=cache,target=/x,uid=-1 true ~ invalid value -1 for uid",
        "FROM scratch;RUN --mount=type=bind,target=/x,mode=7 true ~ mode not allowed for \"bind\" type mounts",
        "FROM scratch;RUN --mount=type=secret true ~ invalid secret mount. one of source, target required",
        "FROM scratch;RUN --mount=type=secret,source=a,id=b true ~ both source and id can't be set",
        "FROM scratch;RUN --mount=type=secret,id=a,sharing=locked true ~ secret mount should not define sharing",
        "FROM scratch;RUN --mount=type=ssh,source=a true ~ ssh does not support source",
        "FROM scratch;RUN --mount=type=cache true ~ invalid mount target \"/\"",
        "FROM scratch;RUN --mount=from=X$,target=/x true ~ failed to parse stage name \"X$\": invalid reference format: repository name (library/X$) must be lowercase",
        "FROM scratch;RUN --security=foo true ~ dockerfile parse error on line 2: security \"foo\" is not valid",
        "FROM scratch;RUN --device=foo,name=bar true ~ dockerfile parse error on line 2: device name already set to foo",
        "FROM scratch;RUN --device=foo true ~ device feature is only supported in Dockerfile frontend 1.14.0-labs or later",
        "FROM scratch;RUN [] ~ failed to marshal LLB definition: arguments are required",
        "FROM scratch;CMD --x ~ dockerfile parse error on line 2: unknown flag: --x",
        "FROM scratch;HEALTHCHECK ~ dockerfile parse error on line 2: HEALTHCHECK requires at least one argument",
        "FROM scratch;HEALTHCHECK NONE x ~ dockerfile parse error on line 2: HEALTHCHECK NONE takes no arguments",
        "FROM scratch;HEALTHCHECK CMD ~ dockerfile parse error on line 2: Missing command after HEALTHCHECK CMD",
        "FROM scratch;HEALTHCHECK --interval=1us CMD x ~ dockerfile parse error on line 2: Interval \"interval\" cannot be less than 1ms",
        "FROM scratch;HEALTHCHECK --interval=5 CMD x ~ dockerfile parse error on line 2: time: missing unit in duration \"5\"",
        "FROM scratch;HEALTHCHECK --interval=5x CMD x ~ dockerfile parse error on line 2: time: unknown unit \"x\" in duration \"5x\"",
        "FROM scratch;HEALTHCHECK --interval=x CMD x ~ dockerfile parse error on line 2: time: invalid duration \"x\"",
        "FROM scratch;HEALTHCHECK --retries=-1 CMD x ~ dockerfile parse error on line 2: --retries cannot be negative (-1)",
        "FROM scratch;HEALTHCHECK --retries=a CMD x ~ dockerfile parse error on line 2: strconv.ParseInt: parsing \"a\": invalid syntax",
        "FROM scratch;HEALTHCHECK --retries=9999999999 CMD x ~ dockerfile parse error on line 2: strconv.ParseInt: parsing \"9999999999\": value out of range",
        "FROM scratch;SHELL [] ~ dockerfile parse error on line 2: SHELL requires at least one argument",
        "FROM scratch;EXPOSE ~ dockerfile parse error on line 2: EXPOSE requires at least one argument",
        "FROM scratch;EXPOSE 1.2.3.4:80 ~ invalid hostPort: 1.2.3.4",
        "FROM scratch;EXPOSE 8080-8081:80-82 ~ invalid ranges specified for container and host Ports: 80-82 and 8080-8081",
        "FROM scratch;EXPOSE a:b:c:d ~ invalid IP address: a:b",
        "FROM scratch;EXPOSE [::x]:8080:80 ~ invalid IP address: ::x",
        "FROM scratch;EXPOSE 70000 ~ invalid containerPort: 70000",
        "FROM scratch;EXPOSE 82-80 ~ invalid containerPort: 82-80",
        "FROM scratch;EXPOSE [1.2.3.4:80:90 ~ invalid IP address [1.2.3.4: address [1.2.3.4:: missing ']' in address",
        "FROM scratch;VOLUME [\"\"] ~ dockerfile parse error on line 2: VOLUME specified can not be an empty string",
        "FROM scratch;VOLUME $X ~ VOLUME specified can not be an empty string",
        "FROM scratch;ONBUILD ~ dockerfile parse error on line 2: ONBUILD requires at least one argument",
        "FROM scratch;ONBUILD FROM x ~ dockerfile parse error on line 2: FROM isn't allowed as an ONBUILD trigger",
        "FROM scratch;ONBUILD ENV A ~ ENV must have two arguments",
        "FROM scratch AS a;ONBUILD FOO x;FROM a ~ unknown instruction: FOO (did you mean FROM?)",
        "FROM scratch;ENV a=b c ~ Syntax error - can't find = in \"c\". Must be of the form: name=value",
        "FROM scratch;ENV =b ~ dockerfile parse error on line 2: ENV names can not be blank",
        "FROM scratch;ENV --x a=b ~ dockerfile parse error on line 2: unknown flag: --x",
        "FROM scratch;ARG =b ~ dockerfile parse error on line 2: ARG names can not be blank",
        "FROM scratch;WORKDIR ~ dockerfile parse error on line 2: WORKDIR requires exactly one argument",
        "FROM scratch;COPY --link= a / ~ dockerfile parse error on line 2: missing a value on flag: --link",
        "FROM scratch;COPY --from=a --from=b a / ~ dockerfile parse error on line 2: duplicate flag specified: --from",
        "FROM scratch;COPY ~ dockerfile parse error on line 2: COPY requires at least two arguments, but only one was provided. Destination could not be determined",
        "# syntax=docker/dockerfile:1;# syntax=docker/dockerfile:1;FROM scratch ~ only one syntax parser directive can be used",
        "FROM scratch;foo ~ dockerfile parse error on line 2: unknown instruction: foo (did you mean from?)",
      })
  void mistakesInFiles(String text, String expected) {
    assertThat(message(text, Map.of())).isEqualTo(expected.strip());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '\u0001',
      value = {
        "platform ~ linux/amd64, ~ failed to parse target platform : \"\" is an invalid OS component of \"\": OSAndVersion specifier component must match \"^([A-Za-z0-9_-]+)(?:\\\\(([A-Za-z0-9_.%-]*)((?:\\\\+[A-Za-z0-9_.%-]+)*)\\\\))?$\": invalid argument",
        "multi-platform ~ x ~ invalid boolean value for multi-platform: x",
        "image-resolve-mode ~ x ~ invalid image-resolve-mode: x",
        "force-network-mode ~ x ~ invalid netmode x",
        "target ~ stage-0 ~ target stage \"stage-0\" could not be found",
        "shm-size ~ 1x ~ failed to parse shm size: strconv.ParseInt: parsing \"1x\": invalid syntax",
        "add-hosts ~ a ~ failed to parse additional hosts: invalid key-value pair a",
        "add-hosts ~ a=b ~ failed to parse additional hosts: failed to parse IP b",
        "add-hosts ~ a=\"b ~ failed to parse additional hosts: parse error on line 1, column 3: bare \" in non-quoted-field",
        "ulimit ~ foo=1 ~ failed to parse ulimit: invalid ulimit type: foo",
        "ulimit ~ nofile=2:1 ~ failed to parse ulimit: ulimit soft limit must be less than or equal to hard limit: 2 > 1",
        "memory ~ 0 ~ failed to parse resource limits: invalid memory value: 0: must be > 0",
        "cpusetcpus ~ 3-1 ~ failed to parse resource limits: invalid cpusetcpus value: 3-1: invalid cpuset range \"3-1\"",
        "override-copy-image ~ x ~ support for \"override-copy-image\" was removed in BuildKit 0.11",
        "attest:foo ~ x ~ unknown attestation type \"foo\"",
        "context:busybox ~ bar ~ invalid context specifier bar for busybox",
        "context:busybox ~ x://y ~ unsupported context source x for busybox",
        "context:busybox ~ : ~ unsupported context source  for busybox",
        "context:busybox ~ git:x ~ invalid git context git:x",
        "context:busybox ~ input:x ~ invalid input x for busybox",
        "context:busybox ~ oci-layout://foo ~ oci-layout reference \"foo\" has no digest",
        "build-arg:SOURCE_DATE_EPOCH ~ 1x ~ invalid SOURCE_DATE_EPOCH: 1x",
        "build-arg:SOURCE_DATE_EPOCH ~ SRC ~ invalid context name SRC: invalid reference format: repository name (library/SRC) must be lowercase",
      })
  void mistakesInOptions(String key, String value, String expected) {
    assertThat(message("FROM busybox", Map.of(key.strip(), value.strip())))
        .isEqualTo(expected.strip());
  }

  @Test
  void stagesAreNumberedAlsoBeforeTheyAreBuilt() {
    assertThat(
            message(
                "FROM scratch AS a;COPY --from=1 x /;FROM scratch;COPY b /", Map.of("target", "a")))
        .isEqualTo(
            "cannot copy from stage \"1\", it needs to be defined before current stage \"a\"");
  }

  @Test
  void drivesOfWindowsImagesAreRefusedExceptTheFirst() {
    var windows = Map.of("platform", "windows/amd64");
    assertThat(message("FROM scratch;WORKDIR D:/x", windows))
        .isEqualTo(
            "normalizing workdir: normalizing working directory: removing drive letter: The"
                + " specified path is not on the system drive (C:)");
    assertThat(message("FROM scratch;COPY a c:", windows))
        .isEqualTo("removing drive letter: No relative path specified in \"c:\"");
    assertThat(message("FROM scratch;COPY a //h/x", windows))
        .isEqualTo("removing drive letter: UNC paths are not supported");
  }

  private static long places(BuildException error) {
    return error.details().stream()
        .filter(d -> d instanceof ErrorDetail.Source s && !s.ranges().isEmpty())
        .count();
  }

  @Test
  void placesAreThoseOfUpstream() {
    assertThat(places(failure("FROM --platform=linux/ busybox", Map.of()))).isEqualTo(2);
    assertThat(places(failure("FROM --platform=$X busybox", Map.of()))).isEqualTo(1);
    assertThat(places(failure("FROM scratch", Map.of("target", "x")))).isZero();
    assertThat(places(failure("FROM scratch;COPY --from=9 a /", Map.of()))).isZero();
    assertThat(places(failure("FROM scratch;COPY --from=$X a /", Map.of()))).isZero();
    assertThat(places(failure("FROM scratch AS a..b", Map.of()))).isZero();
    assertThat(places(failure("FROM scratch;RUN --mount=from=X$,target=/x true", Map.of())))
        .isZero();
    assertThat(places(failure("FROM scratch;COPY --from=X$ a /", Map.of()))).isEqualTo(1);
    assertThat(
            places(
                failure(
                    "FROM scratch AS a;COPY --from=b a /;FROM scratch AS b;COPY --from=a b /",
                    Map.of())))
        .isEqualTo(2);
  }
}
