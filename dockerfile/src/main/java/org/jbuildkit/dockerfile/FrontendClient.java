package org.jbuildkit.dockerfile;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Digest;
import org.jbuildkit.base.ErrorDetail;
import org.jbuildkit.llb.LlbEdge;
import org.jbuildkit.llb.SourceText;
import org.jbuildkit.oci.Platform;
import org.jbuildkit.protocol.pb.Definition;

/** All that the language needs of whoever runs it. Calls wait; cancellation is interruption. */
public interface FrontendClient {

  /** What the user asked for: {@code filename}, {@code build-arg:NAME} and so on. */
  SequencedMap<String, String> options();

  /** Trees that were made elsewhere, by the names that {@code input:NAME} gives them. */
  Map<String, Definition> inputs();

  /** The session that the build's files come from. */
  String sessionId();

  /** The first platform of the first worker. */
  Platform buildPlatform();

  /** A definition as a tree that is made when it is needed. */
  Tree solve(Definition definition) throws InterruptedException;

  /**
   * Digest and config of an image source.
   *
   * @param logName the progress vertex's name
   */
  Image resolveImage(LlbEdge source, Platform platform, String logName) throws InterruptedException;

  /**
   * When a repository's commit was made, or a file on a server changed; empty if nobody knows.
   * {@link SourceDate} is how a daemon is asked.
   *
   * @param source a git or http source
   * @param logName the progress vertex's name
   */
  Optional<Instant> date(LlbEdge source, String logName) throws InterruptedException;

  /**
   * The public key of an SSH server, as a line of a file of known hosts; nothing if the server
   * can't be reached. {@link HostKeys} is how that is found out.
   *
   * @param host with a port, or without
   */
  Optional<String> hostKey(String host);

  /**
   * Leaves the build to a frontend image.
   *
   * @param options of the image's run; {@code source} names it
   * @return nothing if the image's language is the caller's own, which then does the work
   */
  Optional<Forwarded> forward(SequencedMap<String, String> options) throws InterruptedException;

  /** A result that another frontend made; only the client knows what is in it. */
  interface Forwarded {}

  /** Tells the user of something that need not be wrong. */
  void warn(Warning warning);

  /**
   * Something suspicious in a file.
   *
   * @param vertex by which the file was read
   * @param level 1 for what deserves the user's look
   * @param text one line
   * @param details more lines
   * @param url a page about it, or empty
   */
  record Warning(
      Digest vertex,
      int level,
      String text,
      List<String> details,
      String url,
      SourceText source,
      List<ErrorDetail.Range> ranges) {
    public Warning {
      details = List.copyOf(details);
      ranges = List.copyOf(ranges);
    }
  }

  /** A tree to be read and to be returned. */
  interface Tree {
    /** The bytes of a regular file, links followed inside the tree; empty if there is none. */
    Optional<byte[]> readFile(String path) throws InterruptedException;
  }

  /**
   * @param replacement the identifier of the image that is taken in place of the one asked for
   * @param digest of the index or manifest
   * @param config JSON
   */
  record Image(Optional<String> replacement, Digest digest, byte[] config) {
    private static final String SCHEME = "docker-image://";

    /** The image asked for. */
    public Image(Digest digest, byte[] config) {
      this(Optional.empty(), digest, config);
    }

    /**
     * @param asked what was asked for
     * @param taken what came of it
     * @throws BuildException if that is no image of a registry, and should be
     */
    public static Image of(String asked, String taken, Digest digest, byte[] config) {
      if (taken.equals(asked)) {
        return new Image(digest, config);
      }
      if (!taken.startsWith(SCHEME)) {
        throw BuildException.failed(
            "ref mutated by policy to non-image: " + asked + " -> " + taken);
      }
      return new Image(Optional.of(taken.substring(SCHEME.length())), digest, config);
    }
  }
}
