package org.jbuildkit.base;

import java.util.List;

/**
 * A typed fact that travels with an error to the client, which prints excerpts and chooses its exit
 * code by it. The wire forms are those of BuildKit's {@code solver/errdefs}.
 */
public sealed interface ErrorDetail {

  /** The vertex that failed, by its digest. */
  record Vertex(String digest) implements ErrorDetail {}

  /**
   * A place in a source file.
   *
   * @param language the file's language, or empty
   * @param data the file's whole text
   * @param definition marshalled definition the file was read from, or empty
   */
  record Source(
      String filename, String language, byte[] data, byte[] definition, List<Range> ranges)
      implements ErrorDetail {
    public Source {
      ranges = List.copyOf(ranges);
    }
  }

  /** The exit status of a process. */
  record ExitCode(int code) implements ErrorDetail {}

  /** An op that failed, with what a debugger needs to look at it. */
  record Solve(
      List<String> inputIds, List<String> mountIds, byte[] op, Subject subject, int subjectIndex)
      implements ErrorDetail {
    public Solve {
      inputIds = List.copyOf(inputIds);
      mountIds = List.copyOf(mountIds);
    }
  }

  /**
   * What is left of an op that failed. It stays in the daemon, whose gateway makes a {@link Solve}
   * of it.
   *
   * @param inputIds ids of the trees that went in, one a mount; empty where there is none
   * @param mountIds ids of the trees as the op left them
   */
  record FailedOp(List<String> inputIds, List<String> mountIds, Subject subject, int subjectIndex)
      implements ErrorDetail {
    public FailedOp {
      inputIds = List.copyOf(inputIds);
      mountIds = List.copyOf(mountIds);
    }
  }

  /** The frontend that failed, and its image where it has one. */
  record Frontend(String name, String source) implements ErrorDetail {}

  /** What part of an op failed. */
  enum Subject {
    NONE,
    FILE_ACTION,
    CONTENT_CACHE
  }

  /** A sub-request that the frontend does not know. */
  record UnsupportedSubrequest(String name) implements ErrorDetail {}

  /** A frontend capability that is missing. */
  record UnsupportedFrontendCap(String name) implements ErrorDetail {}

  /** Another detail, kept as it came: the type URL and the message's bytes. */
  record Opaque(String typeUrl, byte[] value) implements ErrorDetail {}

  /** Lines count from 1, characters from 0; both ends are within the range. */
  record Range(int startLine, int startCharacter, int endLine, int endCharacter) {
    /** Whole lines from {@code first} to {@code last}. */
    public static Range lines(int first, int last) {
      return new Range(first, 0, last, 0);
    }
  }
}
