package org.jbuildkit.store;

/**
 * How a new tree is kept.
 *
 * @param description shown to users
 * @param isRetained whether the writable tree stays, to be reopened later, when it is closed
 */
public record RefOptions(String description, RecordType type, boolean isRetained) {
  /** A tree that is dropped unless it is committed. */
  public static RefOptions regular(String description) {
    return new RefOptions(description, RecordType.REGULAR, false);
  }
}
