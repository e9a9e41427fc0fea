package org.jbuildkit.exporters;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Clock;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.engine.BuildResult;
import org.jbuildkit.engine.Exporter;
import org.jbuildkit.engine.job.Job;
import org.jbuildkit.engine.progress.Steps;
import org.jbuildkit.oci.layer.TarEntry;
import org.jbuildkit.oci.layer.TarWriter;
import org.jbuildkit.protocol.fsutil.Stat;
import org.jbuildkit.session.SessionRegistry;
import org.jbuildkit.session.calls.ResultUpload;
import org.jbuildkit.session.files.FileModes;
import org.jbuildkit.session.files.TreeEntries;
import org.jbuildkit.solver.VertexReport;

/**
 * Sends a result's trees to the client as one tar stream; several platforms have a directory each.
 */
public final class TarExporter implements Exporter {
  private static final long SECOND = 1_000_000_000L;

  private final SessionRegistry sessions;
  private final Clock clock;

  public TarExporter(SessionRegistry sessions, Clock clock) {
    this.sessions = sessions;
    this.clock = clock;
  }

  @Override
  public String type() {
    return "tar";
  }

  @Override
  public Export open(int index, SequencedMap<String, String> attributes) {
    return new TarExport(index, TreeOptions.parse(attributes));
  }

  private final class TarExport implements Export {
    private final int index;
    private final TreeOptions options;

    TarExport(int index, TreeOptions options) {
      this.index = index;
      this.options = options;
    }

    @Override
    public String name() {
      return "exporting to client tarball";
    }

    @Override
    public SequencedMap<String, String> export(Job job, BuildResult result, VertexReport report)
        throws IOException, InterruptedException {
      var session = sessions.await(job.sessionId(), SessionRegistry.DEFAULT_WAIT);
      var upload = new ResultUpload(session, index);
      var trees = PlatformTree.open(result, options, clock.instant());
      try {
        new Steps(report, clock)
            .step(
                "sending tarball",
                () -> {
                  try (var out = upload.openTarball(Map.of())) {
                    write(trees, !result.byPlatform().isEmpty(), out);
                  }
                  return Boolean.TRUE;
                });
      } finally {
        PlatformTree.closeAll(trees);
      }
      return new LinkedHashMap<>();
    }
  }

  /**
   * Writes trees as one archive.
   *
   * @param splits whether each has a directory, in their names' order
   */
  static void write(List<PlatformTree> trees, boolean splits, OutputStream out) throws IOException {
    var sorted = trees.stream().sorted(Comparator.comparing(PlatformTree::directory)).toList();
    try (var tar = new TarWriter(out)) {
      for (var tree : sorted) {
        var entries = splits ? tree.entriesInDirectory() : tree.entries();
        for (var entry = entries.next(); entry.isPresent(); entry = entries.next()) {
          write(entry.get(), entries, tar);
        }
      }
    }
  }

  private static void write(Stat stat, TreeEntries entries, TarWriter tar) throws IOException {
    var kind = kind(stat);
    long size = kind == TarEntry.Kind.REGULAR ? stat.getSize() : 0;
    var xattrs = new TreeMap<String, byte[]>();
    stat.getXattrsMap().forEach((name, value) -> xattrs.put(name, value.toByteArray()));
    tar.begin(
        new TarEntry(
            kind,
            FileModes.path(stat),
            ByteName.of(stat.getLinkname().toByteArray()),
            FileModes.bits(stat.getMode()),
            Integer.toUnsignedLong(stat.getUid()),
            Integer.toUnsignedLong(stat.getGid()),
            size,
            Math.floorDiv(Math.addExact(stat.getModTime(), SECOND / 2), SECOND),
            0,
            (int) stat.getDevmajor(),
            (int) stat.getDevminor(),
            xattrs));
    if (size > 0) {
      copy(FileModes.path(stat), size, entries, tar);
    }
  }

  private static TarEntry.Kind kind(Stat stat) {
    int mode = stat.getMode();
    if ((mode & FileModes.DIRECTORY) != 0) {
      return TarEntry.Kind.DIRECTORY;
    }
    if ((mode & FileModes.SYMLINK) != 0) {
      return TarEntry.Kind.SYMLINK;
    }
    if ((mode & FileModes.FIFO) != 0) {
      return TarEntry.Kind.FIFO;
    }
    if ((mode & FileModes.DEVICE) != 0) {
      return (mode & FileModes.CHARACTER_DEVICE) != 0
          ? TarEntry.Kind.CHARACTER_DEVICE
          : TarEntry.Kind.BLOCK_DEVICE;
    }
    return FileModes.isHardLink(stat) ? TarEntry.Kind.HARD_LINK : TarEntry.Kind.REGULAR;
  }

  private static void copy(ByteName path, long size, TreeEntries entries, TarWriter tar)
      throws IOException {
    try (var file = entries.open(path);
        var in = file.input(false)) {
      var buffer = new byte[128 * 1024];
      for (long left = size; left > 0; ) {
        int n = in.read(buffer, 0, (int) Math.min(buffer.length, left));
        if (n < 0) {
          throw new IOException(path + ": file shrank while it was read");
        }
        tar.write(buffer, 0, n);
        left -= n;
      }
    }
  }
}
