package org.jbuildkit.engine;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jbuildkit.engine.job.Job;
import org.jbuildkit.oci.Platform;
import org.jbuildkit.solver.OpContext;
import org.jbuildkit.store.Ref;

/**
 * Where bytes come from: one kind of identifier. A vertex calls {@link #open} once, then asks the
 * answer for keys and, if no record is found, for the tree.
 */
public interface Source {

  /** The schemes of the identifiers that this source takes, without {@code ://}. */
  Set<String> schemes();

  /**
   * Checks a request; nothing is fetched yet.
   *
   * @throws org.jbuildkit.base.BuildException for identifiers or attributes that make no sense
   */
  Instance open(Request request);

  /**
   * @param scheme before {@code ://}
   * @param identifier after it
   */
  record Request(
      String scheme, String identifier, Map<String, String> attributes, Platform platform) {
    public Request {
      attributes = Map.copyOf(attributes);
    }

    public String attribute(String name) {
      return attributes.getOrDefault(name, "");
    }
  }

  /** One request being served. */
  interface Instance {
    /** The key at {@code index}, asked for in order. */
    Key key(int index, OpContext<Job> context) throws IOException, InterruptedException;

    /** The tree; the caller closes the handle. Nothing stands for the empty tree. */
    Optional<Ref> fetch(OpContext<Job> context) throws IOException, InterruptedException;

    /**
     * What the identifier turned out to stand for, where that may change: the digest of an image or
     * a file, the commit of a repository. Known once a key was asked for.
     */
    default Optional<String> pin() {
      return Optional.empty();
    }

    /** Digest and config where this is an image. */
    default Optional<ImageMetadata> image(OpContext<Job> context)
        throws IOException, InterruptedException {
      return Optional.empty();
    }

    /**
     * What a repository's ref stands for where this is one.
     *
     * @param withObjects whether the commit and tag themselves are wanted
     */
    default Optional<RepositoryMetadata> repository(boolean withObjects, OpContext<Job> context)
        throws IOException, InterruptedException {
      return Optional.empty();
    }

    /** What is known of a file on a server where this is one. */
    default Optional<FileMetadata> file(Optional<ChecksumQuestion> question, OpContext<Job> context)
        throws IOException, InterruptedException {
      return Optional.empty();
    }
  }

  /**
   * @param ref in full
   * @param object what it stands for: a commit or a tag
   * @param commit what the tag stands for, or empty
   * @param commitObject the commit's text, if it was wanted
   * @param tagObject the tag's text, if it was wanted and there is one
   */
  record RepositoryMetadata(
      String ref,
      String object,
      String commit,
      Optional<byte[]> commitObject,
      Optional<byte[]> tagObject) {}

  /**
   * @param fileName as which it is kept
   * @param answer to the question, if there was one
   */
  record FileMetadata(
      org.jbuildkit.base.Digest checksum,
      String fileName,
      Optional<java.time.Instant> lastModified,
      Optional<org.jbuildkit.base.Digest> answer) {}

  /**
   * Asks for the digest of a file's content with something added.
   *
   * @param algorithm {@code sha256} and the like
   * @param suffix what is added at the end
   */
  record ChecksumQuestion(String algorithm, byte[] suffix) {}

  /**
   * @param text the key's preimage; starting with {@code session:} it never matches elsewhere
   */
  record Key(String text, boolean isLast) {}

  /**
   * @param digest of the index or manifest that the identifier resolves to
   * @param config the image config's bytes
   */
  record ImageMetadata(org.jbuildkit.base.Digest digest, byte[] config) {}
}
