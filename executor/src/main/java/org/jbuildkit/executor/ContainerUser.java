package org.jbuildkit.executor;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.engine.exec.RootDatabase;
import org.jbuildkit.linux.Dir;

/**
 * Who a process runs as.
 *
 * @param groups supplementary ones, the primary among them
 */
record ContainerUser(long uid, long gid, List<Long> groups) {
  private static final long MAX_ID = Integer.MAX_VALUE;

  ContainerUser {
    groups = List.copyOf(groups);
  }

  /**
   * The user meant by a text as in a Dockerfile's USER, looked up in the root's own files. As
   * BuildKit's {@code executor/oci/user.go}.
   *
   * @throws BuildException {@code unable to find user X: …}
   */
  static ContainerUser find(Dir root, String text) throws IOException {
    int colon = text.indexOf(':');
    var user = colon < 0 ? text : text.substring(0, colon);
    var group = colon < 0 ? "" : text.substring(colon + 1);
    if (colon >= 0) {
      var uid = plainId(user);
      var gid = plainId(group);
      if (uid.isPresent() && gid.isPresent()) {
        return withPrimary(uid.getAsLong(), gid.getAsLong(), List.of());
      }
    }
    return lookUp(
        user.isEmpty() ? "0" : user,
        group,
        rows(root, "/etc/passwd", 4),
        rows(root, "/etc/group", 3));
  }

  /** The same in more groups. */
  ContainerUser with(List<Long> more) {
    var all = new ArrayList<>(groups);
    more.stream().filter(group -> !all.contains(group)).forEach(all::add);
    return new ContainerUser(uid, gid, all);
  }

  /** A 32-bit number or root, as it is taken without a look into files. */
  private static OptionalLong plainId(String text) {
    if (text.equals("root")) {
      return OptionalLong.of(0);
    }
    if (!text.matches("[0-9]{1,10}")) {
      return OptionalLong.empty();
    }
    long id = Long.parseLong(text);
    return id <= 0xFFFFFFFFL ? OptionalLong.of(id) : OptionalLong.empty();
  }

  private static ContainerUser lookUp(
      String user, String group, List<String[]> users, List<String[]> groups) {
    var number = number(user);
    var row =
        users.stream()
            .filter(fields -> fields[0].equals(user) || isId(fields[2], number))
            .findFirst();
    if (row.isEmpty() && number.isEmpty()) {
      throw BuildException.invalid(
          "unable to find user " + user + ": no matching entries in passwd file");
    }
    long uid = checked(row.map(fields -> id(fields[2])).orElseGet(number::getAsLong));
    long gid = checked(row.map(fields -> id(fields[3])).orElse(0L));
    if (!group.isEmpty()) {
      return withPrimary(uid, checked(group(group, groups)), List.of());
    }
    return withPrimary(uid, gid, row.map(fields -> memberOf(fields[0], groups)).orElse(List.of()));
  }

  private static List<Long> memberOf(String user, List<String[]> groups) {
    var ids = new ArrayList<Long>();
    for (var fields : groups) {
      if (fields.length > 3 && List.of(fields[3].split(",", -1)).contains(user)) {
        ids.add(checked(id(fields[2])));
      }
    }
    return ids;
  }

  private static long group(String group, List<String[]> groups) {
    var number = number(group);
    return groups.stream()
        .filter(fields -> fields[0].equals(group) || isId(fields[2], number))
        .findFirst()
        .map(fields -> id(fields[2]))
        .or(() -> number.isPresent() ? Optional.of(number.getAsLong()) : Optional.empty())
        .orElseThrow(() ->
            BuildException.invalid(
                "unable to find group " + group + ": no matching entries in group file"));
  }

  private static ContainerUser withPrimary(long uid, long gid, List<Long> groups) {
    var all = new ArrayList<>(groups);
    if (!all.contains(gid)) {
      all.addFirst(gid);
    }
    return new ContainerUser(uid, gid, all);
  }

  private static OptionalLong number(String text) {
    return text.matches("-?[0-9]{1,18}")
        ? OptionalLong.of(Long.parseLong(text))
        : OptionalLong.empty();
  }

  private static boolean isId(String field, OptionalLong number) {
    return number.isPresent() && number(field).equals(number);
  }

  private static long id(String field) {
    return number(field).orElse(0);
  }

  private static long checked(long id) {
    if (id < 0 || id > MAX_ID) {
      throw BuildException.invalid("uids and gids must be in range 0-" + MAX_ID);
    }
    return id;
  }

  /** The lines of a database that have at least this many fields. */
  private static List<String[]> rows(Dir root, String database, int fields) throws IOException {
    var rows = new ArrayList<String[]>();
    for (var line : RootDatabase.read(root, database).split("\n", -1)) {
      var row = line.strip().split(":", -1);
      if (row.length >= fields && !row[0].isEmpty()) {
        rows.add(row);
      }
    }
    return rows;
  }
}
