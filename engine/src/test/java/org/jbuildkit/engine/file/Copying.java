package org.jbuildkit.engine.file;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jbuildkit.linux.Dir;
import org.jbuildkit.linux.Timestamp;
import org.jbuildkit.store.Room;

/** One copy between trees; flags by name keep the cases of a table short. */
record Copying(
    Set<String> flags,
    int mode,
    String modeText,
    List<String> include,
    List<String> exclude,
    Optional<Owner> owner,
    Optional<Timestamp> time) {

  static Copying with(String... flags) {
    return new Copying(
        Set.of(flags), -1, "", List.of(), List.of(), Optional.empty(), Optional.empty());
  }

  Copying mode(int changed) {
    return new Copying(flags, changed, modeText, include, exclude, owner, time);
  }

  Copying mode(String changed) {
    return new Copying(flags, mode, changed, include, exclude, owner, time);
  }

  Copying include(String... changed) {
    return new Copying(flags, mode, modeText, List.of(changed), exclude, owner, time);
  }

  Copying exclude(String... changed) {
    return new Copying(flags, mode, modeText, include, List.of(changed), owner, time);
  }

  Copying owner(int uid, int gid) {
    return new Copying(
        flags, mode, modeText, include, exclude, Optional.of(new Owner(uid, gid)), time);
  }

  Copying time(long seconds) {
    return new Copying(
        flags, mode, modeText, include, exclude, owner, Optional.of(new Timestamp(seconds, 0)));
  }

  void run(Tree source, String from, Tree target, String to) throws IOException {
    var options =
        new CopyOptions(
            owner,
            mode,
            modeText.isEmpty() ? Optional.empty() : Optional.of(ModeExpression.parse(modeText)),
            time,
            flags.contains("follow"),
            flags.contains("contents"),
            flags.contains("unpack"),
            flags.contains("parents"),
            flags.contains("replace"),
            include,
            exclude);
    try (var in = Dir.open(source.root());
        var out = Dir.open(target.root())) {
      new TreeCopy(in, out, options, Room.UNBOUNDED)
          .copy(from, to, flags.contains("wildcard"), flags.contains("allowEmpty"));
    }
  }
}
