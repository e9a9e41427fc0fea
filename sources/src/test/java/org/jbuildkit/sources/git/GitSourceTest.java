package org.jbuildkit.sources.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.jbuildkit.base.TaskScope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of repositories on a real server. */
@Timeout(120)
class GitSourceTest extends GitWorld {
  @Test
  void theDefaultBranchIsCheckedOut() throws Exception {
    var head = GitServer.git(work, "rev-parse", "HEAD");
    var instance = open("", Map.of());

    assertThat(instance.key(0, context).text()).isEqualTo(head);
    assertThat(instance.pin()).hasValue(head);
    assertThat(files("", Map.of())).isEqualTo(ALL);
    assertThat(log).contains(head + "\n");
  }

  @Test
  void modesDependOnTheRepositoryAlone() throws Exception {
    try (var ref = open("", Map.of()).fetch(context).orElseThrow();
        var mounted = ref.mount()) {
      var root = mounted.path();
      assertThat(
              PosixFilePermissions.toString(Files.getPosixFilePermissions(root.resolve("run.sh"))))
          .isEqualTo("rwxr-xr-x");
      assertThat(
              PosixFilePermissions.toString(Files.getPosixFilePermissions(root.resolve("a.txt"))))
          .isEqualTo("rw-r--r--");
    }
  }

  @Test
  void oneTreeServesAllNamesOfACommit() throws Exception {
    var head = GitServer.git(work, "rev-parse", "HEAD");
    try (var branch = open("#main", Map.of()).fetch(context).orElseThrow();
        var tag = open("#v1", Map.of()).fetch(context).orElseThrow();
        var light = open("#refs/tags/light", Map.of()).fetch(context).orElseThrow();
        var commit = open("#" + head, Map.of()).fetch(context).orElseThrow()) {
      assertThat(List.of(tag.id(), light.id(), commit.id())).containsOnly(branch.id());
    }
    assertThat(open("#v1", Map.of()).key(0, context).text()).isEqualTo(head);
  }

  @Test
  void aDirectoryBecomesTheTree() throws Exception {
    assertThat(files("#main:sub", Map.of())).isEqualTo(Map.of("deep/b.txt", "deep\n"));
    assertThat(files("#:sub/deep", Map.of())).isEqualTo(Map.of("b.txt", "deep\n"));
    assertThatThrownBy(() -> files("#main:link", Map.of()))
        .hasMessage("invalid subdir link: git subpath \"link\" contains non-directory \"link\"");
    assertThatThrownBy(() -> files("#main:link/deep", Map.of()))
        .hasMessage(
            "invalid subdir link/deep: git subpath \"link/deep\" contains non-directory \"link\"");
    assertThatThrownBy(() -> files("#main:.git", Map.of()))
        .hasMessage(
            "invalid subdir .git: failed to lstat \".git\": statat .git: no such file or directory");
  }

  @Test
  void filesCanHaveTheCommitsDate() throws Exception {
    for (var place : new String[] {"#main", "#main:sub"}) {
      try (var ref = open(place, Map.of("git.mtime", "commit")).fetch(context).orElseThrow();
          var mounted = ref.mount();
          var all = Files.walk(mounted.path())) {
        assertThat(all.toList())
            .allSatisfy(path ->
                assertThat(
                        Files.getLastModifiedTime(path, java.nio.file.LinkOption.NOFOLLOW_LINKS)
                            .toMillis())
                    .isEqualTo(1_700_000_100_000L));
      }
    }
  }

  @Test
  void aKeptRepositoryIsWholeAndKnowsNoUser() throws Exception {
    var url = "http://user:secret@" + server.host() + "/work.git";
    var attributes = Map.of("git.keepgitdir", "true", "git.fullurl", url);
    try (var ref = open("#v1", attributes).fetch(context).orElseThrow();
        var mounted = ref.mount()) {
      var root = mounted.path();
      assertThat(GitServer.git(root, "status", "--porcelain")).isEmpty();
      assertThat(GitServer.git(root, "describe", "--exact-match")).isEqualTo("v1");
      assertThat(root.resolve(".git/FETCH_HEAD")).doesNotExist();
      assertThat(Files.readString(root.resolve(".git/config"))).doesNotContain("secret");
    }
    var branch = files("#main", Map.of("git.keepgitdir", "true"));
    assertThat(branch).containsKey(".git/refs/heads/main").doesNotContainKey(".git/FETCH_HEAD");
    assertThat(String.join("", log)).doesNotContain("secret");
  }

  @Test
  void submodulesComeAlongUnlessTheyAreSkipped() throws Exception {
    var module = repository("module");
    Files.writeString(module.resolve("m.txt"), "module\n");
    commit(module, "module");
    publish(module);
    var url = server.url("module.git");
    GitServer.git(work, "submodule", "add", "-q", url, "absolute");
    GitServer.git(work, "config", "-f", ".gitmodules", "submodule.relative.path", "relative");
    GitServer.git(work, "config", "-f", ".gitmodules", "submodule.relative.url", "../module.git");
    var commit = GitServer.git(module, "rev-parse", "HEAD");
    GitServer.git(work, "update-index", "--add", "--cacheinfo", "160000," + commit + ",relative");
    GitServer.git(work, "add", ".gitmodules");
    GitServer.git(work, "commit", "-q", "-m", "modules");
    publish(work);

    assertThat(files("", Map.of()))
        .containsEntry("absolute/m.txt", "module\n")
        .containsEntry("relative/m.txt", "module\n")
        .containsEntry("relative/.git", "gitdir: ../.git/modules/relative\n")
        .doesNotContainKey(".git/config");
    assertThat(files("", Map.of("git.skipsubmodules", "true")))
        .doesNotContainKey("absolute/m.txt")
        .containsEntry("a.txt", "one\n");
  }

  @Test
  void submodulesMayNotBeFilesOfThisMachine() throws Exception {
    var secret = repository("secret");
    Files.writeString(secret.resolve("s.txt"), "secret\n");
    commit(secret, "secret");
    GitServer.git(
        work, "-c", "protocol.file.allow=always", "submodule", "add", "-q", secret.toString(), "s");
    commit(work, "steals");
    publish(work);

    assertThatThrownBy(() -> files("", Map.of()))
        .hasMessageContaining("failed to update submodules")
        .hasMessageContaining("transport 'file' not allowed");
  }

  @Test
  void aServersNamesAreNoOptions() throws Exception {
    var served = folder.resolve("served/work.git");
    var head = GitServer.git(work, "rev-parse", "HEAD");
    GitServer.git(served, "update-ref", "refs/heads/--upload-pack=touch", head);
    GitServer.git(served, "symbolic-ref", "HEAD", "refs/heads/--upload-pack=touch");

    assertThatThrownBy(() -> files("", Map.of()))
        .hasMessage("invalid git ref \"--upload-pack=touch\"");
  }

  @Test
  void whatChangesOnTheServerIsNoticed() throws Exception {
    assertThat(files("#main", Map.of())).containsEntry("a.txt", "one\n");
    Files.writeString(work.resolve("a.txt"), "two\n");
    GitServer.git(work, "commit", "-q", "-a", "--amend", "-m", "rewritten");
    publish(work);

    assertThat(files("#main", Map.of())).containsEntry("a.txt", "two\n");
    assertThat(files("#v1", Map.of())).containsEntry("a.txt", "one\n");
  }

  @Test
  void aRefThatMovesMeanwhileIsTakenAsItWasFound() throws Exception {
    var instance = open("#main", Map.of());
    var key = instance.key(0, context).text();
    Files.writeString(work.resolve("a.txt"), "two\n");
    commit(work, "two");
    publish(work);

    assertThat(instance.key(0, context).text()).isEqualTo(key);
    try (var ref = instance.fetch(context).orElseThrow();
        var mounted = ref.mount()) {
      assertThat(mounted.path().resolve("a.txt")).hasContent("one\n");
    }
  }

  @Test
  void commitsAreFoundWhereverTheyAre() throws Exception {
    var first = GitServer.git(work, "rev-parse", "HEAD");
    Files.writeString(work.resolve("a.txt"), "two\n");
    commit(work, "two");
    publish(work);

    assertThat(files("#main", Map.of())).containsEntry("a.txt", "two\n");
    assertThat(files("#" + first, Map.of())).containsEntry("a.txt", "one\n");
    var byCommit = Map.of("git.fetchbycommit", "true", "git.checksum", first);
    assertThat(files("#main", byCommit)).containsEntry("a.txt", "one\n");
    assertThatThrownBy(() -> files("#" + "1".repeat(40), Map.of()))
        .hasMessage(
            "failed to checkout remote "
                + server.url("work.git")
                + ": git stderr:\nfatal: reference is not a tree: "
                + "1".repeat(40)
                + "\n: exit status 128");
  }

  @Test
  void commitsInQuestionAreTold() throws Exception {
    var head = GitServer.git(work, "rev-parse", "HEAD");
    var tag = GitServer.git(work, "rev-parse", "v1");

    var known = open("#v1", Map.of()).repository(false, context).orElseThrow();
    assertThat(known.ref()).isEqualTo("refs/tags/v1");
    assertThat(known.object()).isEqualTo(tag);
    assertThat(known.commit()).isEqualTo(head);
    assertThat(known.commitObject()).isEmpty();

    var whole = open("#v1", Map.of()).repository(true, context).orElseThrow();
    assertThat(new String(whole.commitObject().orElseThrow(), StandardCharsets.UTF_8))
        .contains("committer c <c@example.org> 1700000100 +0100");
    assertThat(new String(whole.tagObject().orElseThrow(), StandardCharsets.UTF_8))
        .startsWith("object " + head);
  }

  @Test
  void failuresAreTheServersWords() throws Exception {
    assertThatThrownBy(() -> open("#nope", Map.of()).key(0, context))
        .hasMessage("repository does not contain ref nope, output: \"\"");
    var none = Map.of("git.fullurl", "http://u:secret@" + server.host() + "/none.git");
    assertThatThrownBy(() -> open("#main", none).key(0, context))
        .hasMessage(
            "failed to fetch remote http://xxxxx:xxxxx@%1$s/none.git: git stderr:\n"
                    .formatted(server.host())
                + "fatal: repository 'http://%s/none.git/' not found\n: exit status 128"
                    .formatted(server.host()));
  }

  @Test
  void aDamagedCacheIsAMiss() throws Exception {
    assertThat(files("#main", Map.of())).isEqualTo(ALL);
    Files.writeString(work.resolve("a.txt"), "two\n");
    commit(work, "two");
    publish(work);
    var shared =
        refs.usage().stream()
            .filter(record -> record.description().startsWith("shared git repo for "))
            .findFirst()
            .orElseThrow();
    var objects = folder.resolve("snapshots").resolve(shared.id()).resolve("fs/objects");
    try (var all = Files.walk(objects)) {
      for (var file : all.filter(Files::isRegularFile).toList()) {
        Files.write(file, new byte[] {1, 2, 3});
      }
    }

    assertThat(files("#main", Map.of())).containsEntry("a.txt", "two\n");
    assertThat(files("#v1:sub", Map.of())).containsEntry("deep/b.txt", "deep\n");
  }

  @Test
  void manyBuildsCanUseOneRemote() throws Exception {
    try (var scope = TaskScope.open()) {
      var tasks = new java.util.ArrayList<TaskScope.Task<Map<String, String>>>();
      for (var place : new String[] {"#main", "#v1:sub", "#light", "#main:sub/deep", ""}) {
        tasks.add(scope.fork(() -> files(place, Map.of())));
      }
      scope.join();
      assertThat(tasks).allSatisfy(task -> assertThat(task.get()).isNotEmpty());
    }
    assertThat(folder.resolve("scratch")).isEmptyDirectory();
  }
}
