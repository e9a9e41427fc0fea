package org.jbuildkit.buildx.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jbuildkit.cli.Environment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GitFactsTest {
  @TempDir Path folder;

  private void git(String... arguments) throws Exception {
    var command =
        new ArrayList<String>(List.of("git", "-c", "user.name=a", "-c", "user.email=a@b"));
    command.addAll(List.of(arguments));
    var process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(process.waitFor()).isZero();
  }

  private Map<String, String> facts(Map<String, String> more) throws Exception {
    var variables = new LinkedHashMap<>(System.getenv());
    variables.put("GIT_CONFIG_GLOBAL", "/dev/null");
    variables.putAll(more);
    var environment = new Environment(variables, System.in, System.out, System.err);
    var options = new LinkedHashMap<String, String>();
    var context = folder.toRealPath().resolve("c");
    GitFacts.put(context, "", Map.of("context", context), environment, options);
    return options;
  }

  @Test
  void aContextInAWorkTreeIsToldOf() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/git")), "git is not installed");
    var context = Files.createDirectory(folder.resolve("c"));
    Files.writeString(context.resolve("Dockerfile"), "FROM scratch");
    assertThat(facts(Map.of())).as("no work tree yet").isEmpty();

    git("init", "-q");
    git("add", ".");
    git("commit", "-qm", "a");
    git("remote", "add", "origin", "https://me:secret@example.com/o/r.git");
    var facts = facts(Map.of());
    assertThat(facts.get("vcs:revision")).matches("[0-9a-f]{40}");
    assertThat(facts)
        .containsEntry("vcs:source", "https://xxxxx:xxxxx@example.com/o/r.git")
        .containsEntry("vcs:localdir:context", "c")
        .hasSize(3);

    Files.writeString(context.resolve("new"), "");
    var labels =
        facts(
            Map.of(
                "BUILDX_GIT_INFO", "0", "BUILDX_GIT_LABELS", "1", "BUILDX_GIT_CHECK_DIRTY", "1"));
    assertThat(labels.get("label:org.opencontainers.image.revision")).endsWith("-dirty");
    assertThat(labels)
        .containsEntry("label:com.docker.image.source.entrypoint", "c/Dockerfile")
        .hasSize(3);
  }
}
