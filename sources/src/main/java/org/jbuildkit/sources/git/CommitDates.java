package org.jbuildkit.sources.git;

import java.io.IOException;
import java.util.ArrayDeque;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.linux.Dir;
import org.jbuildkit.linux.FileKind;
import org.jbuildkit.linux.Timestamp;

/** One time for all that is in a tree. */
record CommitDates(long seconds) {

  void apply(Dir root) throws IOException {
    var time = new Timestamp(seconds, 0);
    var pending = new ArrayDeque<ByteName>();
    pending.add(ByteName.EMPTY);
    while (!pending.isEmpty()) {
      var path = pending.removeLast();
      try (var directory = root.openDir(path)) {
        for (var entry : directory.list()) {
          directory.setTimes(entry.name(), time);
          if (directory.stat(entry.name()).kind() == FileKind.DIRECTORY) {
            pending.add(path.isEmpty() ? entry.name() : path.resolve(entry.name()));
          }
        }
      }
    }
    root.setTimes(ByteName.EMPTY, time);
  }
}
