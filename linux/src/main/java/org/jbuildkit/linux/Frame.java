package org.jbuildkit.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import org.jbuildkit.base.ByteName;

/**
 * Memory and error number of one or a few system calls by one thread. All calls go through libc's
 * {@code syscall}, every argument as a 64-bit word.
 */
final class Frame implements AutoCloseable {
  private static final MethodHandle SYSCALL = bind();
  private static final long ERRNO_OFFSET =
      Linker.Option.captureStateLayout()
          .byteOffset(java.lang.foreign.MemoryLayout.PathElement.groupElement("errno"));

  private final Arena arena = Arena.ofConfined();
  private final MemorySegment state = arena.allocate(Linker.Option.captureStateLayout());

  @SuppressWarnings("restricted") // the one place where native code is called; launchers allow it
  private static MethodHandle bind() {
    var word = ValueLayout.JAVA_LONG;
    var linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow("syscall"),
        FunctionDescriptor.of(word, word, word, word, word, word, word, word),
        Linker.Option.captureCallState("errno"));
  }

  /** The result, or the negated error number. */
  long raw(Call call, long a, long b, long c, long d, long e, long f) {
    long result;
    try {
      result = (long) SYSCALL.invokeExact(state, (long) call.number, a, b, c, d, e, f);
    } catch (Throwable t) {
      throw new IllegalStateException("system call linkage failed", t);
    }
    return result == -1 ? -state.get(ValueLayout.JAVA_INT, ERRNO_OFFSET) : result;
  }

  long raw(Call call, long a, long b, long c, long d) {
    return raw(call, a, b, c, d, 0, 0);
  }

  /** The result; failures name {@code subject}. Repeats when interrupted by a signal. */
  long call(Call call, ByteName subject, long a, long b, long c, long d, long e, long f)
      throws LinuxException {
    long result = raw(call, a, b, c, d, e, f);
    while (result == -Errno.EINTR.number()) {
      result = raw(call, a, b, c, d, e, f);
    }
    if (result < 0) {
      throw new LinuxException(call.text(), subject.toString(), (int) -result);
    }
    return result;
  }

  long call(Call call, ByteName subject, long a, long b, long c, long d) throws LinuxException {
    return call(call, subject, a, b, c, d, 0, 0);
  }

  long call(Call call, ByteName subject, long a, long b) throws LinuxException {
    return call(call, subject, a, b, 0, 0, 0, 0);
  }

  /** The address of a NUL-terminated copy. */
  long text(ByteName name) throws LinuxException {
    int length = name.length();
    var memory = arena.allocate(length + 1L);
    var bytes = name.bytes();
    for (byte b : bytes) {
      if (b == 0) {
        throw LinuxException.of("name", name.toString(), Errno.EINVAL);
      }
    }
    MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, 0, length);
    return memory.address();
  }

  long text(String text) throws LinuxException {
    return text(ByteName.ofText(text));
  }

  MemorySegment bytes(long size) {
    return arena.allocate(Math.max(size, 1), 8);
  }

  @Override
  public void close() {
    arena.close();
  }
}
