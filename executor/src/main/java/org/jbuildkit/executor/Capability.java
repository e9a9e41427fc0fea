package org.jbuildkit.executor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Privileges of processes, in the kernel's numbering. */
enum Capability {
  CHOWN,
  DAC_OVERRIDE,
  DAC_READ_SEARCH,
  FOWNER,
  FSETID,
  KILL,
  SETGID,
  SETUID,
  SETPCAP,
  LINUX_IMMUTABLE,
  NET_BIND_SERVICE,
  NET_BROADCAST,
  NET_ADMIN,
  NET_RAW,
  IPC_LOCK,
  IPC_OWNER,
  SYS_MODULE,
  SYS_RAWIO,
  SYS_CHROOT,
  SYS_PTRACE,
  SYS_PACCT,
  SYS_ADMIN,
  SYS_BOOT,
  SYS_NICE,
  SYS_RESOURCE,
  SYS_TIME,
  SYS_TTY_CONFIG,
  MKNOD,
  LEASE,
  AUDIT_WRITE,
  AUDIT_CONTROL,
  SETFCAP,
  MAC_OVERRIDE,
  MAC_ADMIN,
  SYSLOG,
  WAKE_ALARM,
  BLOCK_SUSPEND,
  AUDIT_READ,
  PERFMON,
  BPF,
  CHECKPOINT_RESTORE;

  /** What a confined process has. */
  static final List<Capability> DEFAULT =
      List.of(
          CHOWN,
          DAC_OVERRIDE,
          FSETID,
          FOWNER,
          MKNOD,
          NET_RAW,
          SETGID,
          SETUID,
          SETFCAP,
          SETPCAP,
          NET_BIND_SERVICE,
          SYS_CHROOT,
          KILL,
          AUDIT_WRITE);

  String text() {
    return "CAP_" + name();
  }

  /** What this process has. */
  static List<Capability> own() throws IOException {
    long bits = 0;
    for (var line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("CapEff:")) {
        bits = Long.parseUnsignedLong(line.substring("CapEff:".length()).strip(), 16);
      }
    }
    var own = new ArrayList<Capability>();
    var all = values();
    for (int i = 0; i < all.length; i++) {
      if ((bits >> i & 1) == 1) {
        own.add(all[i]);
      }
    }
    return own;
  }
}
