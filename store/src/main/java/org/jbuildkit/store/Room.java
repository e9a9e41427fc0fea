package org.jbuildkit.store;

/** Place on the disk for what is about to be written. */
@FunctionalInterface
public interface Room {
  /** Has no end. */
  Room UNBOUNDED = _ -> {};

  /**
   * Takes place for so many bytes, waiting while other things are removed for it.
   *
   * @throws org.jbuildkit.base.BuildException {@code RESOURCE_EXHAUSTED} if there is none left
   */
  void reserve(long bytes);
}
