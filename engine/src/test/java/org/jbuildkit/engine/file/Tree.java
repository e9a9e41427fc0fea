package org.jbuildkit.engine.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.linux.Dir;
import org.jbuildkit.linux.FileStat;

/** A tree on disk, written and read as lines of text. */
record Tree(Path root) {
  static final long OLD = 1_000_000_000L;

  Tree dir(String name, int mode) throws IOException {
    Files.createDirectories(root.resolve(name));
    return mode(name, mode);
  }

  Tree file(String name, int mode, String text) throws IOException {
    Files.writeString(root.resolve(name), text);
    return mode(name, mode);
  }

  Tree link(String name, String target) throws IOException {
    Files.createSymbolicLink(root.resolve(name), Path.of(target));
    return this;
  }

  Tree hardLink(String name, String existing) throws IOException {
    Files.createLink(root.resolve(name), root.resolve(existing));
    return this;
  }

  Tree mode(String name, int mode) throws IOException {
    try (var dir = Dir.open(root)) {
      dir.chmod(ByteName.ofText(name), mode);
    }
    return this;
  }

  FileStat stat(String name) throws IOException {
    try (var dir = Dir.open(root)) {
      return dir.stat(ByteName.ofText(name));
    }
  }

  String text(String name) throws IOException {
    return Files.readString(root.resolve(name));
  }

  boolean has(String name) {
    return Files.exists(root.resolve(name), java.nio.file.LinkOption.NOFOLLOW_LINKS);
  }

  /** Gives every entry the same old time. */
  Tree old() throws IOException {
    try (var dir = Dir.open(root);
        var all = Files.walk(root)) {
      for (var path : all.filter(path -> !path.equals(root)).toList()) {
        dir.setTimes(
            ByteName.ofText(root.relativize(path).toString()),
            new org.jbuildkit.linux.Timestamp(OLD, 0));
      }
    }
    Files.setLastModifiedTime(root, FileTime.fromMillis(OLD * 1000));
    return this;
  }

  /** Each entry as {@code 0755 d/} or {@code 0644 f} or {@code l -> target}, in order of names. */
  List<String> lines() throws IOException {
    var lines = new ArrayList<String>();
    try (var dir = Dir.open(root)) {
      list(dir, ByteName.EMPTY, lines);
    }
    return lines;
  }

  private static void list(Dir dir, ByteName at, List<String> lines) throws IOException {
    List<ByteName> names;
    try (var here = dir.openDir(at)) {
      names = here.list().stream().map(entry -> entry.name()).toList();
    }
    for (var name : names) {
      var path = at.resolve(name);
      var stat = dir.stat(path);
      if (stat.isSymlink()) {
        lines.add(path + " -> " + dir.readLink(path));
      } else {
        lines.add("%04o %s%s".formatted(stat.mode(), path, stat.isDirectory() ? "/" : ""));
      }
      if (stat.isDirectory()) {
        list(dir, path, lines);
      }
    }
  }
}
