package org.jbuildkit.engine;

import java.io.IOException;

/**
 * A statement to be made about a result.
 *
 * @param isInlineOnly whether it is only for results that can hold statements themselves
 * @param path of the file where statements are files
 * @param content what is stated
 */
public record ResultAttestation(
    String predicateType, boolean isInlineOnly, String path, Content content) {

  /** The predicate, made when a statement is written. */
  @FunctionalInterface
  public interface Content {
    /** A JSON document. */
    byte[] predicate() throws IOException, InterruptedException;
  }
}
