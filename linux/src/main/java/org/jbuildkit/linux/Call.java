package org.jbuildkit.linux;

/** System calls by number: x86-64's, arm64's. */
enum Call {
  READ(0, 63),
  WRITE(1, 64),
  CLOSE(3, 57),
  PREAD(17, 67),
  PWRITE(18, 68),
  LSEEK(8, 62),
  IOCTL(16, 29),
  FCNTL(72, 25),
  FLOCK(73, 32),
  FSYNC(74, 82),
  FTRUNCATE(77, 46),
  CHDIR(80, 49),
  FCHMOD(91, 52),
  FCHOWN(93, 55),
  UMASK(95, 166),
  GETUID(102, 174),
  GETGID(104, 176),
  GETEUID(107, 175),
  GETEGID(108, 177),
  SETSID(112, 157),
  STATFS(137, 43),
  FSTATFS(138, 44),
  PRCTL(157, 167),
  MOUNT(165, 40),
  UMOUNT(166, 39),
  LSETXATTR(189, 6),
  LGETXATTR(192, 9),
  LLISTXATTR(195, 12),
  LREMOVEXATTR(198, 15),
  SETXATTR(188, 5),
  GETXATTR(191, 8),
  LISTXATTR(194, 11),
  GETDENTS(217, 61),
  OPENAT(257, 56),
  MKDIRAT(258, 34),
  MKNODAT(259, 33),
  FCHOWNAT(260, 54),
  UNLINKAT(263, 35),
  LINKAT(265, 37),
  SYMLINKAT(266, 36),
  READLINKAT(267, 78),
  FCHMODAT(268, 53),
  UNSHARE(272, 97),
  UTIMENSAT(280, 88),
  FALLOCATE(285, 47),
  SYNCFS(306, 267),
  SETNS(308, 268),
  RENAMEAT(316, 276),
  COPY_FILE_RANGE(326, 285),
  SENDFILE(40, 71),
  SOCKET(41, 198),
  SENDTO(44, 206),
  KILL(62, 129),
  STATX(332, 291),
  MOVE_MOUNT(429, 429),
  FSOPEN(430, 430),
  FSCONFIG(431, 431),
  FSMOUNT(432, 432),
  PIDFD_OPEN(434, 434),
  OPENAT2(437, 437),
  PIDFD_GETFD(438, 438),
  FCHMODAT2(452, 452);

  final int number;

  Call(int x86, int arm) {
    this.number = Abi.pick(x86, arm);
  }

  /** The name that error texts use. */
  String text() {
    return switch (this) {
      case OPENAT, OPENAT2 -> "open";
      case MKDIRAT -> "mkdir";
      case MKNODAT -> "mknod";
      case FCHOWNAT, FCHOWN -> "chown";
      case FCHMODAT, FCHMODAT2, FCHMOD -> "chmod";
      case UNLINKAT -> "unlink";
      case LINKAT -> "link";
      case SYMLINKAT -> "symlink";
      case READLINKAT -> "readlink";
      case RENAMEAT -> "rename";
      case UTIMENSAT -> "utimes";
      case STATX -> "lstat";
      case FSOPEN, FSCONFIG, FSMOUNT, MOVE_MOUNT -> "mount";
      default -> name().toLowerCase(java.util.Locale.ROOT);
    };
  }
}
