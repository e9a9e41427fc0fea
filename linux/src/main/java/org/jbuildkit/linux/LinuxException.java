package org.jbuildkit.linux;

import java.io.IOException;

/** A system call that failed: what was called, on what, and the kernel's error number. */
public final class LinuxException extends IOException {
  private static final long serialVersionUID = 1L;

  private final Errno errno;
  private final int number;

  LinuxException(String call, String subject, int number) {
    super(describe(call, subject, number));
    this.errno = Errno.of(number);
    this.number = number;
  }

  private static String describe(String call, String subject, int number) {
    var errno = Errno.of(number);
    var text = errno == Errno.OTHER ? "errno " + number : errno.text();
    return subject.isEmpty() ? call + ": " + text : call + " " + subject + ": " + text;
  }

  /** An error as a call would give it, for rules that are checked before the kernel is asked. */
  public static LinuxException of(String call, String subject, Errno errno) {
    return new LinuxException(call, subject, errno.number());
  }

  /** The kind; {@link Errno#OTHER} for numbers without a constant. */
  public Errno errno() {
    return errno;
  }

  /** The kernel's number. */
  public int number() {
    return number;
  }

  public boolean is(Errno one) {
    return errno == one;
  }

  public boolean isMissing() {
    return errno == Errno.ENOENT;
  }
}
