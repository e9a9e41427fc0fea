package org.jbuildkit.executor.usage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControlGroupTest {
  @TempDir Path root;

  private void write(String path, String text) throws IOException {
    var file = root.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  @Test
  void aUnifiedGroupTellsWhatItsFilesHold() throws IOException {
    write("a/b/cpu.stat", "usage_usec 5\nuser_usec 2\nsystem_usec 3\nnr_periods 0\n");
    write("a/b/cpu.pressure", "some avg10=0.00 avg60=0.00 avg300=0.00 total=1\n");
    write("a/b/memory.stat", "anon 10\nfile_mapped 4\nother 5\n");
    write("a/b/memory.peak", "12\n");
    write("a/b/memory.events", "low 0\noom_kill 2\n");
    write("a/b/io.stat", "8:0 rbytes=1 wbytes=2\n8:16 rbytes=3 wbytes=4 rios=1\n");
    write("a/b/pids.current", "7\n");
    var group = ControlGroup.of(root, 2, "/a/b").orElseThrow();
    assertThat(group.sample("now").orElseThrow().write())
        .isEqualTo(
            "{\"timestamp\":\"now\",\"cpuStat\":{\"usageNanos\":5000,\"userNanos\":2000,"
                + "\"systemNanos\":3000,\"nrPeriods\":0,\"pressure\":{\"some\":{\"avg10\":0,"
                + "\"avg60\":0,\"avg300\":0,\"total\":1},\"full\":null}},\"memoryStat\":{"
                + "\"anon\":10,\"fileMapped\":4,\"peak\":12,\"lowEvents\":0,\"oomKillEvents\":2},"
                + "\"ioStat\":{\"readBytes\":4,\"writeBytes\":6,\"readIOs\":1},"
                + "\"pidsStat\":{\"current\":7}}");
    assertThat(group.memoryKills()).isEqualTo(2);
  }

  @Test
  void aGroupOfTheFirstVersionTellsTheSameWhereItCan() throws IOException {
    write("pids/g/cgroup.procs", "");
    write("pids/g/pids.current", "3\n");
    write("cpuacct/g/cpuacct.usage", "123\n");
    write("cpuacct/g/cpuacct.stat", "user 2\nsystem 1\n");
    write("memory/g/memory.stat", "cache 8\nrss 9\n");
    write("memory/g/memory.oom_control", "oom_kill_disable 0\noom_kill 1\n");
    write("blkio/g/blkio.throttle.io_service_bytes", "8:0 Read 5\n8:0 Write 6\nTotal 11\n");
    var group = ControlGroup.of(root, 1, "/g").orElseThrow();
    assertThat(group.sample("now").orElseThrow().write())
        .isEqualTo(
            "{\"timestamp\":\"now\",\"cpuStat\":{\"usageNanos\":123,\"userNanos\":20000000,"
                + "\"systemNanos\":10000000},\"memoryStat\":{\"anon\":9,\"file\":8,"
                + "\"oomKillEvents\":1},\"ioStat\":{\"readBytes\":5,\"writeBytes\":6},"
                + "\"pidsStat\":{\"current\":3}}");
    assertThat(group.memoryKills()).isEqualTo(1);
  }

  @Test
  void groupsThatAreGoneOrSystemdsAreNotMeasured() {
    assertThat(ControlGroup.of(root, 2, "/a").orElseThrow().sample("now")).isEmpty();
    assertThat(ControlGroup.of(root, 1, "/a").orElseThrow().sample("now")).isEmpty();
    assertThat(ControlGroup.of(root, 2, "user.slice:buildkit:ID")).isEmpty();
  }
}
