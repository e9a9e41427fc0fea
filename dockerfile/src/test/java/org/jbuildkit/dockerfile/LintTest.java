package org.jbuildkit.dockerfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.dockerfile.lint.Rule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Build checks: which fire, where, and what they say. Examples are those of the rules' pages. */
class LintTest {
  private static List<String> warnings(MemoryClient client) throws InterruptedException {
    try {
      var _ = DockerfileFrontend.solve(client);
    } catch (BuildException _) {
      // Some of the files also have mistakes.
    }
    return client.warnings.stream().map(FrontendClient.Warning::text).toList();
  }

  private static List<String> warnings(String text, Map<String, String> options)
      throws InterruptedException {
    return warnings(new MemoryClient(text.replace(';', '\n') + "\n", options));
  }

  private static List<String> warnings(String text) throws InterruptedException {
    return warnings(text, Map.of());
  }

  @Test
  void stageNamesAndKeywordsShouldBeCasedAlike() throws InterruptedException {
    assertThat(warnings("FROM alpine AS BuilderBase"))
        .containsExactly("StageNameCasing: Stage name 'BuilderBase' should be lowercase (line 1)");
    assertThat(warnings("FROM alpine AS builder-base")).isEmpty();
    assertThat(warnings("FROM alpine as builder"))
        .containsExactly("FromAsCasing: 'as' and 'FROM' keywords' casing do not match (line 1)");
    assertThat(warnings("from scratch AS foo;label a=b"))
        .containsExactly("FromAsCasing: 'AS' and 'from' keywords' casing do not match (line 1)");
    assertThat(warnings("From scratch as foo;LABEL a=b"))
        .containsExactly(
            "ConsistentInstructionCasing: Command 'From' should match the case of the command"
                + " majority (uppercase) (line 1)");
    assertThat(warnings("FROM scratch;entrypoint [\"a\"];Env a=b;expose 80;user x"))
        .containsExactly(
            "ConsistentInstructionCasing: Command 'FROM' should match the case of the command"
                + " majority (lowercase) (line 1)",
            "ConsistentInstructionCasing: Command 'Env' should match the case of the command"
                + " majority (lowercase) (line 3)");
  }

  @Test
  void emptyContinuationIsToldOncePerInstructionAtItsEnd() throws InterruptedException {
    assertThat(warnings("FROM busybox;RUN echo \\;;  hi \\;;  ho"))
        .containsExactly("NoEmptyContinuation: Empty continuation line (line 6)");
    assertThat(warnings("FROM alpine;EXPOSE \\;# Port;80")).isEmpty();
    assertThat(warnings("FROM busybox;RUN <<E \\;; cat;x;E"))
        .containsExactly("NoEmptyContinuation: Empty continuation line (line 4)");
  }

  @Test
  void stageNamesShouldBeUniqueAndNotReserved() throws InterruptedException {
    assertThat(warnings("FROM debian AS builder;FROM golang AS builder"))
        .containsExactly(
            "DuplicateStageName: Duplicate stage name \"builder\", stage names should be unique"
                + " (line 2)");
    assertThat(warnings("FROM alpine AS scratch;FROM alpine AS context"))
        .containsExactly(
            "ReservedStageName: Stage name should not use the same name as reserved stage"
                + " \"scratch\" (line 1)",
            "ReservedStageName: Stage name should not use the same name as reserved stage"
                + " \"context\" (line 2)");
  }

  @Test
  void shellFormOfTheMainProcessIsToldUnlessAShellWasChosen() throws InterruptedException {
    assertThat(warnings("FROM alpine;ENTRYPOINT my-program start"))
        .containsExactly(
            "JSONArgsRecommended: JSON arguments recommended for ENTRYPOINT to prevent unintended"
                + " behavior related to OS signals (line 2)");
    assertThat(warnings("FROM alpine;ENTRYPOINT [\"my-program\", \"start\"]")).isEmpty();
    assertThat(warnings("FROM alpine;SHELL [\"/bin/ash\", \"-c\"];CMD run")).isEmpty();
  }

  @Test
  void deprecatedFormsAreTold() throws InterruptedException {
    assertThat(warnings("FROM alpine;MAINTAINER moby@example.com"))
        .containsExactly(
            "MaintainerDeprecated: Maintainer instruction is deprecated in favor of using label"
                + " (line 2)");
    assertThat(warnings("FROM alpine;ENV DIR /d;LABEL a b c"))
        .containsExactly(
            "LegacyKeyValueFormat: \"ENV key=value\" should be used instead of legacy \"ENV key"
                + " value\" format (line 2)",
            "LegacyKeyValueFormat: \"LABEL key=value\" should be used instead of legacy \"LABEL key"
                + " value\" format (line 3)");
    assertThat(warnings("FROM alpine;WORKDIR usr;WORKDIR local;MAINTAINER x"))
        .containsExactly(
            "MaintainerDeprecated: Maintainer instruction is deprecated in favor of using label"
                + " (line 4)",
            "WorkdirRelativePath: Relative workdir \"usr\" can have unexpected results if the base"
                + " image changes (line 2)");
    assertThat(warnings("FROM alpine;WORKDIR /usr;WORKDIR local")).isEmpty();
    assertThat(warnings("FROM alpine AS a;WORKDIR /usr;FROM a;WORKDIR local")).isEmpty();
  }

  @Test
  void undeclaredArgumentsOfFromAreTold() throws InterruptedException {
    assertThat(warnings("FROM node:22${VARIANT}"))
        .containsExactly("UndefinedArgInFrom: FROM argument 'VARIANT' is not declared (line 1)");
    assertThat(warnings("ARG VARIANT;FROM node:22${VARIANT}")).isEmpty();
    assertThat(warnings("FROM --platform=$BULIDPLATFORM scratch"))
        .containsExactly(
            "UndefinedArgInFrom: FROM argument 'BULIDPLATFORM' is not declared (did you mean"
                + " BUILDPLATFORM?) (line 1)");
    assertThat(warnings("FROM $X"))
        .containsExactly(
            "InvalidDefaultArgInFrom: Default value for ARG $X results in empty or invalid base"
                + " image name (line 1)",
            "UndefinedArgInFrom: FROM argument 'X' is not declared (line 1)");
    assertThat(warnings("ARG TAG;FROM busybox:$TAG", Map.of("build-arg:TAG", "1")))
        .containsExactly(
            "InvalidDefaultArgInFrom: Default value for ARG busybox:$TAG results in empty or"
                + " invalid base image name (line 2)");
    assertThat(warnings("ARG TAG=latest;FROM busybox:${TAG}")).isEmpty();
  }

  @Test
  void undefinedVariablesAreToldOncePerWord() throws InterruptedException {
    assertThat(warnings("FROM alpine;COPY $foo ."))
        .containsExactly("UndefinedVar: Usage of undefined variable '$foo' (line 2)");
    assertThat(warnings("FROM alpine;ARG foo;COPY $foo .")).isEmpty();
    assertThat(warnings("FROM alpine;ARG VERSION=$foo;LABEL v=${X:-1}"))
        .containsExactly(
            "UndefinedVar: Usage of undefined variable '$foo' (line 2)",
            "UndefinedVar: Usage of undefined variable '$X' (line 3)");
    assertThat(warnings("FROM scratch;ENV A=$B C=$B;USER $D"))
        .containsExactly(
            "UndefinedVar: Usage of undefined variable '$B' (line 2)",
            "UndefinedVar: Usage of undefined variable '$B' (line 2)",
            "UndefinedVar: Usage of undefined variable '$D' (did you mean $A?) (line 3)");
    assertThat(warnings("FROM scratch;RUN echo $X;EXPOSE ${X:-80};CMD [\"$X\"]")).isEmpty();
  }

  @Test
  void onlyTheLastOfSomeInstructionsCounts() throws InterruptedException {
    assertThat(warnings("FROM scratch;CMD [\"a\"];CMD [\"b\"];CMD [\"c\"]"))
        .containsExactly(
            "MultipleInstructionsDisallowed: Multiple CMD instructions should not be used in the"
                + " same stage because only the last one will be used (line 2)",
            "MultipleInstructionsDisallowed: Multiple CMD instructions should not be used in the"
                + " same stage because only the last one will be used (line 3)");
    assertThat(warnings("FROM scratch AS a;CMD [\"a\"];FROM a;CMD [\"b\"]")).isEmpty();
  }

  @Test
  void platformsOfFromAreLookedAt() throws InterruptedException {
    assertThat(warnings("FROM --platform=linux/arm64 busybox"))
        .containsExactly(
            "FromPlatformFlagConstDisallowed: FROM --platform flag should not use constant value"
                + " \"linux/arm64\" (line 1)",
            "InvalidBaseImagePlatform: Base image busybox was pulled with platform \"linux/amd64\","
                + " expected \"linux/arm64\" for current build (line 1)");
    assertThat(warnings("FROM --platform=linux/amd64 busybox AS build_amd64")).isEmpty();
    assertThat(warnings("FROM --platform=$TARGETPLATFORM busybox"))
        .containsExactly(
            "RedundantTargetPlatform: Setting platform to predefined $TARGETPLATFORM in FROM is"
                + " redundant as this is the default behavior (line 1)");
    assertThat(warnings("FROM --platform=$BUILDPLATFORM busybox")).isEmpty();
  }

  @Test
  void namesThatLookLikeSecretsAreTold() throws InterruptedException {
    var names =
        "MY_TOKEN PUBLIC_KEY password mypassword PASSWORD_FILE GIT_AUTH apikey API_KEYS"
            + " credentials passwd pword KEY_VERSION";
    var told = new ArrayList<String>();
    for (var name : names.split(" ", -1)) {
      told.addAll(warnings("FROM scratch;ENV " + name + "=x"));
    }
    assertThat(told)
        .containsExactly(
            secret("ENV", "MY_TOKEN"),
            secret("ENV", "password"),
            secret("ENV", "GIT_AUTH"),
            secret("ENV", "apikey"),
            secret("ENV", "credentials"),
            secret("ENV", "passwd"),
            secret("ENV", "pword"));
    assertThat(warnings("ARG TOKEN=x;FROM scratch")).isEmpty();
    assertThat(warnings("FROM scratch;ARG TOKEN")).containsExactly(secret("ARG", "TOKEN"));
  }

  private static String secret(String keyword, String name) {
    return "SecretsUsedInArgOrEnv: Do not use ARG or ENV instructions for sensitive data (%s \"%s\")"
            .formatted(keyword, name)
        + " (line 2)";
  }

  @Test
  void portsAreToldInTheirOrder() throws InterruptedException {
    assertThat(warnings("FROM scratch;EXPOSE 80/TCP 8080:80 127.0.0.1:80:80/TCP 53/udp"))
        .containsExactly(
            "ExposeProtoCasing: Defined protocol '127.0.0.1:80:80/TCP' in EXPOSE instruction should"
                + " be lowercase (line 2)",
            "ExposeInvalidFormat: EXPOSE instruction should not define an IP address or host-port"
                + " mapping, found '127.0.0.1:80:80/TCP' (line 2)",
            "ExposeProtoCasing: Defined protocol '80/TCP' in EXPOSE instruction should be lowercase"
                + " (line 2)",
            "ExposeInvalidFormat: EXPOSE instruction should not define an IP address or host-port"
                + " mapping, found '8080:80' (line 2)");
  }

  @Test
  void sourcesThatAreIgnoredAreTold() throws InterruptedException {
    assertThat(warnings(ignoring("a\n", "COPY ./a a* /a /")))
        .containsExactly(
            "CopyIgnoredFile: Attempting to Copy file \"a\" that is excluded by .dockerignore"
                + " (line 2)");
    assertThat(warnings(ignoring("a\n", "ADD a/b /")))
        .containsExactly(
            "CopyIgnoredFile: Attempting to Add file \"a/b\" that is excluded by .dockerignore"
                + " (line 2)");
    assertThat(warnings(ignoring("a\n!b\n", "COPY a /"))).isEmpty();
    assertThat(warnings(ignoring("a*\n", "COPY . /"))).isEmpty();
    assertThat(warnings(ignoring("*\n", "COPY . /")))
        .containsExactly(
            "CopyIgnoredFile: Attempting to Copy file \".\" that is excluded by .dockerignore"
                + " (line 2)");
    assertThat(warnings(ignoring("a\n", "COPY --from=busybox a /"))).isEmpty();
  }

  private static MemoryClient ignoring(String patterns, String instruction) {
    return new MemoryClient("FROM scratch\n" + instruction + "\n", Map.of())
        .with(".dockerignore", patterns);
  }

  @Test
  void commentsThatDescribeNothingAreToldIfAskedFor() throws InterruptedException {
    var check = Map.of("build-arg:BUILDKIT_DOCKERFILE_CHECK", "experimental=all");
    assertThat(warnings("# bar the name;ARG foo=bar;# other;FROM scratch AS base", check))
        .containsExactly(
            "InvalidDefinitionDescription: Comment for ARG should follow the format: `# foo"
                + " <description>` (line 2)",
            "InvalidDefinitionDescription: Comment for FROM should follow the format: `# base"
                + " <description>` (line 4)");
    assertThat(warnings("# foo the name;ARG foo=bar;# base of all;FROM scratch AS base", check))
        .isEmpty();
    assertThat(warnings("# x;ARG a b;FROM scratch", check))
        .containsExactly(
            "InvalidDefinitionDescription: Comment for ARG should follow the format: `# <arg_key>"
                + " <description>` (line 2)");
    assertThat(warnings("# x;ARG a;FROM scratch")).isEmpty();
  }

  @Test
  void rulesAreSkippedByDirectiveArgumentAndComment() throws InterruptedException {
    var both = "FROM scratch as Foo";
    assertThat(warnings("# check=skip=StageNameCasing;" + both)).hasSize(1);
    assertThat(warnings("# check=skip=StageNameCasing, FromAsCasing;" + both)).hasSize(1);
    assertThat(warnings("# check=skip=all;" + both)).isEmpty();
    assertThat(
            warnings(
                both,
                Map.of(
                    "build-arg:BUILDKIT_DOCKERFILE_CHECK", "skip=StageNameCasing, FromAsCasing")))
        .isEmpty();
    assertThat(
            warnings("# check=skip=all;" + both, Map.of("build-arg:BUILDKIT_DOCKERFILE_CHECK", "")))
        .hasSize(2);
    assertThat(warnings("FROM scratch;# check=skip=UndefinedVar;USER $A;USER $A")).hasSize(1);
  }

  @Test
  void breachesFailTheBuildIfAsked() {
    var client = new MemoryClient("# check=error=true\nFROM scratch as Foo\nENV a b\n", Map.of());
    assertThatThrownBy(() -> DockerfileFrontend.solve(client))
        .hasMessage(
            "lint violation found for rules: StageNameCasing, FromAsCasing, LegacyKeyValueFormat");
    assertThat(client.warnings).hasSize(3);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "skip|invalid check option \"skip\"",
        "foo=bar|invalid check option \"foo\"",
        "error=x|failed to parse check option \"error=x\": strconv.ParseBool: parsing \"x\": invalid"
            + " syntax"
      })
  void badCheckOptionsAreTold(String row) {
    var parts = row.split("\\|", 2);
    var directive = new MemoryClient("# check=" + parts[0] + "\nFROM scratch\n", Map.of());
    assertThatThrownBy(() -> DockerfileFrontend.solve(directive))
        .hasMessage("failed to parse check options: " + parts[1]);
    var argument =
        new MemoryClient("FROM scratch\n", Map.of("build-arg:BUILDKIT_DOCKERFILE_CHECK", parts[0]));
    assertThatThrownBy(() -> DockerfileFrontend.solve(argument))
        .hasMessage("failed to parse build-arg:BUILDKIT_DOCKERFILE_CHECK: " + parts[1]);
  }

  @Test
  void warningsNameTheirRuleAndPlace() throws InterruptedException {
    var client = new MemoryClient("FROM scratch\nENV A=\\\n$B\n", Map.of());
    var _ = warnings(client);
    var warning = client.warnings.getFirst();
    assertThat(warning.level()).isEqualTo(1);
    assertThat(warning.details()).containsExactly("Variables should be defined before their use");
    assertThat(warning.url())
        .isEqualTo("https://docs.docker.com/go/dockerfile/rule/undefined-var/");
    assertThat(warning.ranges()).extracting("startLine").containsExactly(2, 3);
    assertThat(warning.source().filename()).isEqualTo("Dockerfile");
  }

  @Test
  void pagesOfRulesAreNamedAfterThem() {
    assertThat(Rule.JSON_ARGS_RECOMMENDED.url()).endsWith("/json-args-recommended/");
    assertThat(Rule.FROM_AS_CASING.url()).endsWith("/from-as-casing/");
    assertThat(Rule.COPY_IGNORED_FILE.url()).endsWith("/copy-ignored-file/");
    assertThat(Rule.SECRETS_USED_IN_ARG_OR_ENV.url()).endsWith("/secrets-used-in-arg-or-env/");
    assertThat(Rule.INVALID_BASE_IMAGE_PLATFORM.url()).isEmpty();
  }
}
