package org.jbuildkit.dockerfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.HexFormat;
import java.util.Map;
import org.jbuildkit.protocol.pb.CacheSharingOpt;
import org.jbuildkit.protocol.pb.FileAction;
import org.jbuildkit.protocol.pb.FileActionCopy;
import org.jbuildkit.protocol.pb.Mount;
import org.jbuildkit.protocol.pb.MountType;
import org.jbuildkit.protocol.pb.NetMode;
import org.jbuildkit.protocol.pb.Op;
import org.junit.jupiter.api.Test;

/** Vertices of instructions: those that BuildKit makes of the same text. */
class LlbFormsTest {
  private static LlbOf llb(String text) throws InterruptedException {
    return LlbOf.file(text.replace(';', '\n') + "\n", Map.of());
  }

  @Test
  void digestsAreUpstreams() throws InterruptedException {
    var llb =
        llb(
            "FROM scratch AS s;WORKDIR /a;FROM scratch;ENV K=v;COPY --from=s /a /b/;USER 7;WORKDIR"
                + " /w;RUN [\"/bin/true\"]");
    assertThat(llb.vertices())
        .extracting(vertex -> vertex.digest().hex(), LlbOf::name)
        .containsExactly(
            tuple(
                "62ed96b7444709d5dd327d9bbc19e609c49c41a4a3088380650b18dddb3e4e9a",
                "[s 1/1] WORKDIR /a"),
            tuple(
                "003e19790f478b80d1f925b650797a8db95f10f522410ff1c39e1feaf5b18619",
                "[stage-1 1/3] COPY --from=s /a /b/"),
            tuple(
                "75ede8f750a7cb15e324e211e8fdc607d45e9e6a6e8f476b2ef8db8d1d1677ba",
                "[stage-1 2/3] WORKDIR /w"),
            tuple(
                "4ab60c4ec212ec974a0b5bf7e6d7c8d76742979b80df9e7bc5efca3db7c9c7dd",
                "[stage-1 3/3] RUN [\"/bin/true\"]"));
  }

  @Test
  void mountsOfRunAreUpstreams() throws InterruptedException {
    var llb =
        llb(
            "FROM scratch;WORKDIR /w;RUN --mount=type=cache,target=/c --mount=type=tmpfs,target=/t"
                + " --mount=type=secret,id=s --mount=type=ssh --network=none [\"x\"]");
    assertThat(llb.vertices())
        .extracting(vertex -> vertex.digest().hex())
        .containsExactly(
            "efb4a35aba7d80bf584371be4a77171d9f93fd1c52a9b8e4e41d21ef6483f6bc",
            "274fb69866179373ad415205269fce1460fe33a93416c511e84a789e7595473b");
  }

  @Test
  void copyFromTheContextFollowsItsPaths() throws InterruptedException {
    var llb = llb("FROM scratch;COPY a b/ /x/");
    assertThat(llb.source("local://context").getSource().getAttrsMap())
        .containsEntry("local.followpaths", "[\"a\",\"b\"]")
        .containsEntry("local.sharedkeyhint", "context");
    assertThat(llb.actions()).extracting(FileAction::getInput).containsExactly(-1L, 1L);
    var copy = llb.actions().getFirst().getCopy();
    assertThat(copy)
        .isEqualTo(
            FileActionCopy.newBuilder()
                .setSrc("/a")
                .setDest("/x/")
                .setMode(-1)
                .setFollowSymlink(true)
                .setDirCopyContents(true)
                .setCreateDestPath(true)
                .setAllowWildcard(true)
                .setAllowEmptyWildcard(true)
                .setTimestamp(-1)
                .build());
  }

  @Test
  void parentsAndExcludesBecomePatterns() throws InterruptedException {
    var copies = llb("FROM scratch;COPY --parents ./x/./y/*.txt a/b /p/").actions();
    assertThat(copies.get(0).getCopy().getSrc()).isEqualTo("/x");
    assertThat(copies.get(0).getCopy().getIncludePatternsList()).containsExactly("y/*.txt");
    assertThat(copies.get(0).getCopy().getRequiredPathsList()).isEmpty();
    assertThat(copies.get(1).getCopy().getSrc()).isEqualTo("/");
    assertThat(copies.get(1).getCopy().getIncludePatternsList()).containsExactly("a/b");
    assertThat(copies.get(1).getCopy().getRequiredPathsList()).containsExactly("/a/b");
    var llb = llb("FROM scratch;COPY --exclude=*.md --exclude=z . /q");
    assertThat(llb.actions().getFirst().getCopy().getExcludePatternsList())
        .containsExactly("*.md", "z");
    assertThat(llb.source("local://context").getSource().getAttrsMap())
        .doesNotContainKey("local.followpaths");
  }

  @Test
  void modesAndOwners() throws InterruptedException {
    var add = llb("FROM scratch;WORKDIR /w;ADD --chmod=u+x a b").actions().getFirst().getCopy();
    assertThat(add.getDest()).isEqualTo("/w/b");
    assertThat(add.getAttemptUnpackDockerCompatibility()).isTrue();
    assertThat(add.getModeStr()).isEqualTo("u+x");
    assertThat(add.getMode()).isZero();
    var linked = llb("FROM busybox;COPY --chown=root:games --link a /x");
    var owner = linked.actions().getFirst().getCopy().getOwner();
    assertThat(owner.getUser().getByID()).isZero();
    assertThat(owner.getGroup().getByName().getName()).isEqualTo("games");
    assertThat(owner.getGroup().getByName().getInput()).isEqualTo(-1);
    assertThat(linked.ops().getLast().hasMerge()).isTrue();
    assertThat(linked.names().getLast())
        .isEqualTo("[2/2] LINK COPY --chown=root:games --link a /x");
    var plain = llb("FROM busybox;COPY --link --chmod=755 a /y");
    assertThat(plain.ops()).noneMatch(Op::hasMerge);
    assertThat(plain.actions().getFirst().getCopy().getMode()).isEqualTo(493);
  }

  @Test
  void addOfAnAddressIsASource() throws InterruptedException {
    var llb = llb("FROM scratch;ADD https://h/foo/bar.txt?x=1 /d/");
    var source = llb.source("https://");
    assertThat(source.getSource().getIdentifier()).isEqualTo("https://h/foo/bar.txt?x=1");
    assertThat(source.getSource().getAttrsMap()).isEqualTo(Map.of("http.filename", "bar.txt"));
    assertThat(llb.vertices().getFirst().metadata().getDescriptionMap())
        .containsEntry("com.docker.dockerfile.v1.command", "")
        .containsEntry("llb.customname", "[1/1] ADD https://h/foo/bar.txt?x=1 /d/");
    assertThat(llb.actions().getFirst().getCopy())
        .isEqualTo(
            FileActionCopy.newBuilder()
                .setSrc("/bar.txt")
                .setDest("/d/")
                .setMode(-1)
                .setCreateDestPath(true)
                .setTimestamp(-1)
                .build());
    assertThat(file("https://h/")).isEqualTo("__unnamed__");
    assertThat(file("https://h/a%20b.txt?x=y")).isEqualTo("a b.txt");
    assertThat(file("https://h/x/")).isEqualTo("x");
    assertThat(file("https://h/r.git/x")).isEqualTo("x");
  }

  private static String file(String address) throws InterruptedException {
    return llb("FROM scratch;ADD " + address + " /e")
        .source("https://")
        .getSource()
        .getAttrsMap()
        .getOrDefault("http.filename", "");
  }

  @Test
  void addOfARepositoryIsASource() throws InterruptedException {
    var checked =
        llb("FROM scratch;ADD --keep-git-dir --checksum=abc https://h/r.git?submodules=false /d");
    assertThat(checked.source("git://").getSource().getAttrsMap())
        .isEqualTo(
            Map.of(
                "git.fullurl", "https://h/r.git",
                "git.authtokensecret", "GIT_AUTH_TOKEN",
                "git.authheadersecret", "GIT_AUTH_HEADER",
                "git.keepgitdir", "true",
                "git.checksum", "abc",
                "git.skipsubmodules", "true"));
    assertThat(checked.actions().getFirst().getCopy().getSrc()).isEqualTo("/");
    var ssh = llb("FROM scratch;ADD git@h:o/r.git#b:c /d").source("git://").getSource();
    assertThat(ssh.getIdentifier()).isEqualTo("git://h/o/r.git#b:c");
    assertThat(ssh.getAttrsMap())
        .containsEntry("git.fullurl", "git@h:o/r.git")
        .containsEntry("git.mountsshsock", "default");
    assertThat(llb("FROM scratch;ADD ./git@h:x github.com/o/r foo://h/r.git /d/").ops())
        .noneMatch(op -> op.getSource().getIdentifier().startsWith("git://"));
  }

  @Test
  void destinationsAreJoinedToTheWorkingDirectory() throws InterruptedException {
    assertThat(destination(".")).isEqualTo("/b/c/");
    assertThat(destination("../z")).isEqualTo("/b/z");
    assertThat(destination("/q/.")).isEqualTo("/q/.");
    assertThat(destination("x/")).isEqualTo("/b/c/x/");
    assertThat(destination("/..")).isEqualTo("/");
  }

  private static String destination(String path) throws InterruptedException {
    return llb("FROM scratch;WORKDIR /b/c;COPY a " + path).actions().getFirst().getCopy().getDest();
  }

  @Test
  void environmentIsOrderedByLastAssignment() throws InterruptedException {
    var exec = llb("FROM busybox;ENV A=1 B=2;ENV A=3;RUN --mount=type=ssh x").exec();
    assertThat(exec.getMeta().getEnvList())
        .containsExactly(
            ImageSpec.DEFAULT_PATH, "B=2", "A=3", "SSH_AUTH_SOCK=/run/buildkit/ssh_agent.0");
    var inherited =
        llb("FROM busybox AS b;ENV A=1;ARG X=1;FROM b;ARG Y=2;RUN x").exec().getMeta().getEnvList();
    assertThat(inherited).containsExactly("X=1", ImageSpec.DEFAULT_PATH, "A=1", "Y=2");
  }

  @Test
  void mountsAreSortedAndComplete() throws InterruptedException {
    var llb =
        llb(
            "FROM scratch AS s;FROM busybox;WORKDIR /w;RUN --mount=from=s,source=s,target=t"
                + " --mount=type=cache,target=/root/.cache"
                + " --mount=type=cache,id=go,target=/z,sharing=locked,uid=1"
                + " --mount=type=tmpfs,target=/t,size=1m --mount=type=secret,id=a"
                + " --mount=type=secret,id=b,env=BB,required"
                + " --mount=type=secret,src=c,target=cc,mode=0444,uid=7,gid=8 --mount=type=ssh"
                + " --mount=type=ssh,id=k,target=/sock,mode=0666,required x");
    var mounts = llb.exec().getMountsList();
    assertThat(mounts)
        .extracting(Mount::getDest)
        .containsExactly(
            "/",
            "/root/.cache",
            "/t",
            "/w/t",
            "/z",
            "/run/secrets/a",
            "cc",
            "/run/buildkit/ssh_agent.0",
            "/sock");
    assertThat(mounts.get(1).getCacheOpt().getID()).isEqualTo("//root/.cache");
    assertThat(mounts.get(2).getTmpfsOpt().getSize()).isEqualTo(1048576);
    assertThat(mounts.get(3).getSelector()).isEqualTo("/s");
    assertThat(mounts.get(3).getReadonly()).isTrue();
    assertThat(mounts.get(4).getSelector()).isEqualTo("/cache");
    assertThat(mounts.get(4).getCacheOpt().getID()).isEqualTo("/go");
    assertThat(mounts.get(4).getCacheOpt().getSharing()).isEqualTo(CacheSharingOpt.LOCKED);
    assertThat(mounts.get(5).getSecretOpt().getMode()).isEqualTo(256);
    assertThat(mounts.get(5).getSecretOpt().getOptional()).isTrue();
    assertThat(mounts.get(6).getSecretOpt().getUid()).isEqualTo(7);
    assertThat(mounts.get(6).getSecretOpt().getMode()).isEqualTo(292);
    assertThat(mounts.get(7).getSSHOpt().getMode()).isEqualTo(384);
    assertThat(mounts.get(7).getSSHOpt().getOptional()).isTrue();
    assertThat(mounts.get(8).getSSHOpt().getID()).isEqualTo("k");
    assertThat(mounts.get(8).getSSHOpt().getMode()).isEqualTo(438);
    assertThat(llb.exec().getSecretenvList())
        .extracting("iD", "name", "optional")
        .containsExactly(tuple("b", "BB", false));
    var directory = llb.actions().getFirst().getMkdir();
    assertThat(directory.getPath()).isEqualTo("/cache");
    assertThat(directory.getOwner().getUser().getByID()).isEqualTo(1);
  }

  @Test
  void cachesOfADirectoryOfAStageHaveNoPermissionsOfTheirOwn() throws InterruptedException {
    var exec =
        llb("FROM scratch AS s;WORKDIR /x;FROM busybox;RUN"
                + " --mount=type=cache,from=s,source=/x,target=/c,mode=0700 x")
            .exec();
    assertThat(exec.getMounts(1).getSelector()).isEqualTo("/x");
    assertThat(exec.getMounts(1).getCacheOpt().getID()).isEqualTo("//c");
    var relative = llb("FROM busybox;WORKDIR /w;RUN --mount=type=cache,target=../m x").exec();
    assertThat(relative.getMounts(1).getCacheOpt().getID()).isEqualTo("/../m");
    assertThat(relative.getMounts(1).getDest()).isEqualTo("/m");
  }

  @Test
  void optionsReachTheProcess() throws InterruptedException {
    var options =
        Map.ofEntries(
            Map.entry("hostname", "hh"),
            Map.entry("add-hosts", "A=1.2.3.4"),
            Map.entry("shm-size", "1024"),
            Map.entry("ulimit", "nofile=1:2"),
            Map.entry("memory", "100"),
            Map.entry("cgroup-parent", "cg"),
            Map.entry("force-network-mode", "host"),
            Map.entry("no-cache", ""),
            Map.entry("build-arg:HTTP_PROXY", "p1"),
            Map.entry("build-arg:http_proxy", "p2"),
            Map.entry("build-arg:No_Proxy", "q"));
    var llb = LlbOf.file("FROM busybox\nRUN x\n", options);
    var meta = llb.exec().getMeta();
    assertThat(meta.getHostname()).isEqualTo("hh");
    assertThat(meta.getProxyEnv().getHttpProxy()).isEqualTo("p2");
    assertThat(meta.getProxyEnv().getNoProxy()).isEqualTo("q");
    assertThat(meta.getExtraHosts(0).getHost()).isEqualTo("a");
    assertThat(llb.exec().getNetwork()).isEqualTo(NetMode.HOST);
    assertThat(llb.exec().getMounts(1).getDest()).isEqualTo("/dev/shm");
    assertThat(llb.exec().getMounts(1).getMountType()).isEqualTo(MountType.TMPFS);
    assertThat(llb.lastExec().metadata().getIgnoreCache()).isTrue();
    assertThat(llb.lastExec().metadata().getLinuxResources().getMemory()).isEqualTo(100);
  }

  @Test
  void platformOfAnEmptyStageIsTheTarget()
      throws InterruptedException, InvalidProtocolBufferException {
    var op = Op.parseFrom(llb("FROM scratch;RUN [\"x\"]").ops().getLast().toByteArray());
    assertThat(op.getPlatform().getArchitecture()).isEqualTo("amd64");
    assertThat(HexFormat.of().formatHex(op.getPlatform().toByteArray()))
        .isEqualTo("0a05616d64363412056c696e7578");
  }

  @Test
  void pathsOfWindowsLoseTheirDrive() throws InterruptedException {
    var options = Map.of("platform", "windows/amd64");
    var llb =
        LlbOf.file(
            "# escape=`\nFROM scratch\nWORKDIR C:\\foo\\bar\nCOPY a C:\\x\\y\\\nCOPY a d\\\nCOPY d\\e"
                + " c:/q\nRUN dir\n",
            options);
    assertThat(llb.ops().stream().filter(Op::hasFile).map(op -> op.getFile().getActions(0)))
        .extracting(action ->
            action.hasMkdir()
                ? action.getMkdir().getPath()
                : action.getCopy().getSrc() + " " + action.getCopy().getDest())
        .containsExactly("/foo/bar", "/a /x/y/", "/a /foo/bar/d", "/d/e /q");
    assertThat(llb.exec().getMeta().getArgsList()).containsExactly("cmd", "/S", "/C", "dir");
    assertThat(llb.exec().getMeta().getCwd()).isEqualTo("/foo/bar");
    assertThat(llb.exec().getMeta().getEnvList()).isEmpty();
    var client = new MemoryClient("FROM scratch\nWORKDIR /foo/bar\n", options);
    var config = DockerfileFrontend.solve(client).metadata().get("containerimage.config");
    assertThat(config).asString().contains("\"WorkingDir\":\"\\\\foo\\\\bar\"");
  }
}
