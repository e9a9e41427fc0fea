package org.jbuildkit.exporters;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.linux.Fd;
import org.jbuildkit.protocol.fsutil.Stat;
import org.jbuildkit.session.files.FileModes;
import org.jbuildkit.session.files.TreeEntries;

/** Several trees as one; they may have directories in common, but no other entries. */
final class MergedEntries implements TreeEntries {
  private final List<Part> parts = new ArrayList<>();
  private final Map<ByteName, TreeEntries> owners = new ConcurrentHashMap<>();
  private boolean began;

  private static final class Part {
    private final String name;
    private final TreeEntries entries;
    private Optional<Stat> head = Optional.empty();

    Part(String name, TreeEntries entries) {
      this.name = name;
      this.entries = entries;
    }

    void advance() throws IOException {
      head = entries.next();
    }
  }

  /**
   * @param trees by the names that errors have for them
   */
  MergedEntries(Map<String, TreeEntries> trees) {
    trees.forEach((name, entries) -> parts.add(new Part(name, entries)));
  }

  @Override
  public Optional<Stat> next() throws IOException {
    if (!began) {
      began = true;
      for (var part : parts) {
        part.advance();
      }
    }
    Optional<Part> first = Optional.empty();
    for (var part : parts) {
      if (part.head.isPresent()
          && (first.isEmpty() || FileModes.compare(path(part), path(first.get())) < 0)) {
        first = Optional.of(part);
      }
    }
    if (first.isEmpty()) {
      return Optional.empty();
    }
    var stat = first.get().head.orElseThrow();
    owners.put(FileModes.path(stat), first.get().entries);
    for (var part : parts) {
      if (part.head.isPresent() && path(part).equals(stat.getPath())) {
        checkSame(first.get(), part, stat);
        part.advance();
      }
    }
    return Optional.of(stat);
  }

  private static ByteString path(Part part) {
    return part.head.orElseThrow().getPath();
  }

  private static void checkSame(Part first, Part other, Stat stat) {
    boolean isShared =
        FileModes.isDirectory(stat) && FileModes.isDirectory(other.head.orElseThrow());
    if (!other.equals(first) && !isShared) {
      throw BuildException.failed(
          "cannot overwrite %s from %s with %s when split option is disabled"
              .formatted(FileModes.path(stat), first.name, other.name));
    }
  }

  @Override
  public Fd open(ByteName path) throws IOException {
    var owner = owners.get(path);
    if (owner == null) {
      throw new IOException(path + ": not announced");
    }
    return owner.open(path);
  }
}
