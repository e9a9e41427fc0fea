package org.jbuildkit.sources;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.base.glob.PatternMatcher;
import org.jbuildkit.linux.Dir;
import org.jbuildkit.linux.Fd;
import org.jbuildkit.linux.Timestamp;
import org.jbuildkit.session.files.FileModes;
import org.jbuildkit.session.files.Selection;

/**
 * A transfer that takes only what is told of files, and the files themselves only where patterns
 * match. The tree has a list of all entries: length as four bytes, least first, and the message.
 */
final class MetadataOnly implements Selection, AutoCloseable {
  /** What the list is called; the client's file of that name is never taken. */
  static final ByteName LIST = ByteName.ofText(".fsutil-metadata");

  private final Dir root;
  private final PatternMatcher exceptions;
  private final ArrayDeque<Held> above = new ArrayDeque<>();
  private final ByteName temporary;
  private final Fd file;
  private final OutputStream list;
  private boolean complete;

  /**
   * @param root of the tree, which is looked through already; stays the caller's
   */
  MetadataOnly(Dir root, List<String> exceptions) throws IOException {
    this.root = root;
    this.exceptions = PatternMatcher.of(exceptions);
    this.temporary =
        ByteName.ofText(".tmp." + ThreadLocalRandom.current().nextInt(100_000_000, 1_000_000_000));
    this.file = root.create(temporary, 0644);
    this.list = new BufferedOutputStream(file.output(false));
  }

  @Override
  public List<Announced> select(Announced entry) throws IOException {
    var stat = entry.stat();
    var path = FileModes.path(stat);
    if (path.equals(LIST)) {
      return List.of();
    }
    var message = stat.toByteArray();
    var length = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(message.length);
    list.write(length.array());
    list.write(message);
    return taken(entry, path);
  }

  private List<Announced> taken(Announced entry, ByteName path) {
    var parent = path.parent().orElse(ByteName.EMPTY);
    while (!above.isEmpty() && !above.getLast().path.equals(parent)) {
      above.removeLast();
    }
    boolean isTaken = !exceptions.isEmpty() && exceptions.matches(path.toString());
    var taken = new ArrayList<Announced>();
    if (isTaken) {
      above.forEach(held -> held.giveTo(taken));
      taken.add(entry);
    }
    if (FileModes.isDirectory(entry.stat())) {
      above.addLast(new Held(entry, path, isTaken));
    }
    return taken;
  }

  /** A directory above the entry at hand. */
  private static final class Held {
    private final Announced entry;
    private final ByteName path;
    private boolean isGiven;

    Held(Announced entry, ByteName path, boolean isGiven) {
      this.entry = entry;
      this.path = path;
      this.isGiven = isGiven;
    }

    void giveTo(List<Announced> taken) {
      if (!isGiven) {
        isGiven = true;
        taken.add(entry);
      }
    }
  }

  /** Puts the list in its place. */
  void finish() throws IOException {
    list.flush();
    file.chmod(0644);
    file.setTimes(new Timestamp(0, 0));
    root.removeTree(LIST);
    root.rename(temporary, root, LIST);
    complete = true;
  }

  /** Drops a list that was not finished. */
  @Override
  public void close() throws IOException {
    file.close();
    if (!complete) {
      root.unlink(temporary);
    }
  }
}
