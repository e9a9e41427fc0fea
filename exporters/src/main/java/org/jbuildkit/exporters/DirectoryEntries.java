package org.jbuildkit.exporters;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Optional;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.linux.Fd;
import org.jbuildkit.protocol.fsutil.Stat;
import org.jbuildkit.session.files.FileModes;
import org.jbuildkit.session.files.TreeEntries;

/** A tree moved below a directory: links within it lead to the same entries as before. */
final class DirectoryEntries implements TreeEntries {
  private final ByteName directory;
  private final long nanos;
  private final TreeEntries inner;
  private boolean began;

  /**
   * @param directory one name
   * @param nanos the directory's modification time since 1970
   */
  DirectoryEntries(ByteName directory, long nanos, TreeEntries inner) {
    this.directory = directory;
    this.nanos = nanos;
    this.inner = inner;
  }

  @Override
  public Optional<Stat> next() throws IOException {
    if (!began) {
      began = true;
      return Optional.of(
          Stat.newBuilder()
              .setPath(FileModes.wire(directory))
              .setMode(FileModes.DIRECTORY | 0755)
              .setModTime(nanos)
              .build());
    }
    return inner.next().map(this::moved);
  }

  private Stat moved(Stat stat) {
    var moved = stat.toBuilder().setPath(below(FileModes.path(stat)));
    var link = ByteName.of(stat.getLinkname().toByteArray());
    boolean isSymlink = (stat.getMode() & FileModes.SYMLINK) != 0;
    if (isSymlink && !link.isEmpty() && link.byteAt(0) == '/') {
      moved.setLinkname(FileModes.wire(cleaned(link)));
    } else if (!isSymlink && !link.isEmpty()) {
      moved.setLinkname(below(link));
    }
    return moved.build();
  }

  private ByteString below(ByteName path) {
    return FileModes.wire(directory.resolve(path));
  }

  /** An absolute target below the directory, without {@code .} and {@code ..}. */
  private ByteName cleaned(ByteName target) {
    var parts = new ArrayDeque<ByteName>();
    parts.addLast(directory);
    for (var part : target.components()) {
      switch (part.toString()) {
        case "." -> {}
        case ".." -> parts.pollLast();
        default -> parts.addLast(part);
      }
    }
    var joined = ByteName.EMPTY;
    for (var part : parts) {
      joined = joined.resolve(part);
    }
    return ByteName.ofText("/" + joined);
  }

  @Override
  public Fd open(ByteName path) throws IOException {
    if (!path.startsWith(ByteName.ofText(directory + "/"))) {
      throw new IOException(path + ": not announced");
    }
    return inner.open(path.slice(directory.length() + 1, path.length()));
  }
}
