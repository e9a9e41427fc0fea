package org.jbuildkit.engine.op;

import java.io.IOException;
import java.util.Optional;
import java.util.OptionalInt;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.engine.exec.RootDatabase;
import org.jbuildkit.engine.file.Owner;
import org.jbuildkit.protocol.pb.ChownOpt;
import org.jbuildkit.protocol.pb.NamedUserOpt;
import org.jbuildkit.store.Ref;

/**
 * Finds numeric owners: by id as given, by name in {@code /etc/passwd} and {@code /etc/group} of
 * the named input. A name that is not found is root for a user and says nothing for a group.
 */
final class OwnerLookup {

  private final Trees trees;

  /** Gives the tree of an input. */
  @FunctionalInterface
  interface Trees {
    Optional<Ref> tree(long index) throws IOException, InterruptedException;
  }

  OwnerLookup(Trees trees) {
    this.trees = trees;
  }

  Optional<Owner> find(ChownOpt chown) throws IOException, InterruptedException {
    if (!chown.hasUser() && !chown.hasGroup()) {
      return Optional.empty();
    }
    var owner = Owner.ROOT;
    switch (chown.getUser().getUserCase()) {
      case BYID -> owner = new Owner(chown.getUser().getByID(), chown.getUser().getByID());
      case BYNAME -> owner = user(chown.getUser().getByName());
      case USER_NOT_SET -> {}
    }
    switch (chown.getGroup().getUserCase()) {
      case BYID -> owner = new Owner(owner.uid(), chown.getGroup().getByID());
      case BYNAME -> {
        var gid = column(chown.getGroup().getByName(), "/etc/group", 2);
        owner = new Owner(owner.uid(), gid.orElse(owner.gid()));
      }
      case USER_NOT_SET -> {}
    }
    return Optional.of(owner);
  }

  private Owner user(NamedUserOpt user) throws IOException, InterruptedException {
    var uid = column(user, "/etc/passwd", 2);
    var gid = column(user, "/etc/passwd", 3);
    return uid.isPresent() && gid.isPresent()
        ? new Owner(uid.getAsInt(), gid.getAsInt())
        : Owner.ROOT;
  }

  private OptionalInt column(NamedUserOpt user, String database, int column)
      throws IOException, InterruptedException {
    if (user.getInput() < 0) {
      throw BuildException.invalid("invalid user index: " + user.getInput());
    }
    var ref = trees.tree(user.getInput());
    if (ref.isEmpty()) {
      return OptionalInt.empty();
    }
    try (var mounted = ref.get().mount();
        var root = mounted.open()) {
      return column(RootDatabase.read(root, database), user.getName(), column);
    }
  }

  private static OptionalInt column(String database, String name, int column) {
    for (var line : database.split("\n", -1)) {
      var fields = line.split(":", -1);
      if (fields.length > column && fields[0].equals(name)) {
        try {
          return OptionalInt.of(Integer.parseUnsignedInt(fields[column]));
        } catch (NumberFormatException e) {
          return OptionalInt.empty();
        }
      }
    }
    return OptionalInt.empty();
  }
}
