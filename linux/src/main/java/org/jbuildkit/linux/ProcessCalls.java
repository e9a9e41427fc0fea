package org.jbuildkit.linux;

import org.jbuildkit.base.ByteName;

/** Identity of this process and signals to others. */
public final class ProcessCalls {
  private ProcessCalls() {}

  public static int userId() {
    return identity(Call.GETUID);
  }

  public static int effectiveUserId() {
    return identity(Call.GETEUID);
  }

  public static int groupId() {
    return identity(Call.GETGID);
  }

  private static int identity(Call call) {
    try (var frame = new Frame()) {
      return (int) frame.raw(call, 0, 0, 0, 0);
    }
  }

  /** Sets the mask that is taken off the permissions of new files; returns the one before. */
  public static int umask(int mask) {
    try (var frame = new Frame()) {
      return (int) frame.raw(Call.UMASK, mask, 0, 0, 0);
    }
  }

  /** Makes this process the leader of a session of its own; nothing if it leads a group already. */
  public static void newSession() {
    try (var frame = new Frame()) {
      var _ = frame.raw(Call.SETSID, 0, 0, 0, 0);
    }
  }

  /** Sends a signal; a negative id means a process group. False if there is no such process. */
  public static boolean kill(long pid, int signal) throws LinuxException {
    try (var frame = new Frame()) {
      long result = frame.raw(Call.KILL, pid, signal, 0, 0);
      if (result == -Errno.ESRCH.number()) {
        return false;
      }
      if (result < 0) {
        throw new LinuxException(
            "kill", ByteName.ofText(Long.toString(pid)).toString(), (int) -result);
      }
      return true;
    }
  }

  /** A descriptor of another process, as a descriptor of this one; the caller closes it. */
  public static Fd duplicate(long pid, int number) throws LinuxException {
    var name = ByteName.ofText("/proc/" + pid + "/fd/" + number);
    try (var frame = new Frame()) {
      long process = frame.call(Call.PIDFD_OPEN, name, pid, 0, 0, 0);
      try (var _ = new Fd((int) process, name)) {
        return new Fd((int) frame.call(Call.PIDFD_GETFD, name, process, number, 0, 0), name);
      }
    }
  }
}
