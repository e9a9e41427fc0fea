package org.jbuildkit.linux;

import java.util.Set;
import org.jbuildkit.base.ByteName;

/** Kinds of namespaces that a thread may have for itself. */
public enum Namespace {
  MOUNT(0x20000, "mnt"),
  NETWORK(0x40000000, "net"),
  IPC(0x08000000, "ipc"),
  UTS(0x04000000, "uts"),
  CGROUP(0x02000000, "cgroup");

  private final long flag;
  private final String file;

  Namespace(long flag, String file) {
    this.flag = flag;
    this.file = file;
  }

  /** The current thread's namespace of this kind as a path, to be opened by this thread. */
  public String ofThisThread() {
    return "/proc/thread-self/ns/" + file;
  }

  /**
   * Gives the current thread new namespaces. Only for a platform thread of one's own, never a
   * virtual or pooled one: see {@link NamespaceThread}.
   */
  static void unshare(Set<Namespace> kinds) throws LinuxException {
    long flags = 0;
    for (var kind : kinds) {
      flags |= kind.flag;
    }
    // A thread that shares its current folder with others may not change its mount namespace.
    if (kinds.contains(MOUNT)) {
      flags |= 0x200;
    }
    try (var frame = new Frame()) {
      frame.call(Call.UNSHARE, ByteName.EMPTY, flags, 0);
    }
  }

  /** Moves the current thread into a namespace, under the same condition as {@link #unshare}. */
  void enter(Fd namespace) throws LinuxException {
    try (var frame = new Frame()) {
      frame.call(Call.SETNS, namespace.name(), namespace.number(), flag);
    }
  }
}
