package org.jbuildkit.exporters;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.linux.Fd;
import org.jbuildkit.linux.OpenMode;
import org.jbuildkit.protocol.fsutil.Stat;
import org.jbuildkit.session.files.FileModes;
import org.jbuildkit.session.files.TreeEntries;

/** A tree with files of statements beside its own; these win where names are equal. */
final class StatementEntries implements TreeEntries {
  private final TreeEntries tree;
  private final Map<ByteName, Fd> files;
  private final Deque<Stat> statements;
  private Optional<Stat> head = Optional.empty();
  private boolean began;

  /**
   * @param files by path; they stay the caller's
   * @param nanos their modification time since 1970
   */
  StatementEntries(TreeEntries tree, Map<ByteName, Fd> files, long nanos) throws IOException {
    this.tree = tree;
    this.files = new TreeMap<>(files);
    var stats = new ArrayList<Stat>();
    for (var file : files.entrySet()) {
      stats.add(
          Stat.newBuilder()
              .setPath(FileModes.wire(file.getKey()))
              .setMode(0600)
              .setSize(file.getValue().stat().size())
              .setModTime(nanos)
              .build());
    }
    stats.sort((a, b) -> FileModes.compare(a.getPath(), b.getPath()));
    this.statements = new ArrayDeque<>(List.copyOf(stats));
  }

  @Override
  public Optional<Stat> next() throws IOException {
    if (!began) {
      began = true;
      head = tree.next();
    }
    var statement = Optional.ofNullable(statements.peekFirst());
    if (statement.isEmpty()) {
      return takeHead();
    }
    int order =
        head.isEmpty() ? 1 : FileModes.compare(head.get().getPath(), statement.get().getPath());
    if (order < 0) {
      return takeHead();
    }
    if (order == 0) {
      var _ = takeHead();
    }
    return Optional.of(statements.removeFirst());
  }

  private Optional<Stat> takeHead() throws IOException {
    var taken = head;
    head = head.isEmpty() ? head : tree.next();
    return taken;
  }

  @Override
  public Fd open(ByteName path) throws IOException {
    var file = files.get(path);
    return file == null ? tree.open(path) : Fd.open(file.procPath(), OpenMode.READ, 0);
  }
}
