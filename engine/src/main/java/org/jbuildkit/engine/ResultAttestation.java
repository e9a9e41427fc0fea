package org.jbuildkit.engine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jbuildkit.protocol.keys.AttestationKeys;
import org.jbuildkit.store.Ref;

/**
 * A statement to be made about a result, or a folder of such.
 *
 * @param metadata what {@link AttestationKeys} names
 * @param path of the file or folder; it names the file where statements are files
 * @param predicateType of the statement; of a folder's all statements if it is not empty
 * @param subjects what the statement is about; the result itself if there are none
 */
public record ResultAttestation(
    Kind kind,
    Map<String, byte[]> metadata,
    String path,
    String predicateType,
    List<Subject> subjects,
    Content content) {
  public ResultAttestation {
    metadata = new LinkedHashMap<>(metadata);
    subjects = List.copyOf(subjects);
  }

  /** A statement about the result whose predicate the daemon makes when it is written. */
  public static ResultAttestation made(
      String predicateType, Map<String, byte[]> metadata, String path, Predicate predicate) {
    return new ResultAttestation(Kind.IN_TOTO, metadata, path, predicateType, List.of(), predicate);
  }

  /** What is at the path. */
  public enum Kind {
    /** A file that is a predicate. */
    IN_TOTO,
    /** A folder of whole statements. */
    BUNDLE
  }

  /**
   * What a statement is about.
   *
   * @param isSelf whether it is the result itself
   */
  public record Subject(boolean isSelf, List<String> digests, String name) {
    public Subject {
      digests = List.copyOf(digests);
    }
  }

  /** Where the words come from. */
  public sealed interface Content {}

  /**
   * From a tree of the build.
   *
   * @param tree nothing where there are no words at all
   */
  public record Files(Optional<Ref> tree) implements Content {}

  /** From the daemon. */
  @FunctionalInterface
  public non-sealed interface Predicate extends Content {
    /** A JSON document. */
    byte[] make() throws IOException, InterruptedException;
  }

  /** Whether it is only for results that can hold statements themselves. */
  public boolean isInlineOnly() {
    var value = metadata.get(AttestationKeys.INLINE_ONLY);
    return value != null && new String(value, StandardCharsets.UTF_8).equals("true");
  }
}
