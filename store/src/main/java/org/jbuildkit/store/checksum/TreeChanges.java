package org.jbuildkit.store.checksum;

import org.jbuildkit.base.ByteName;
import org.jbuildkit.base.Digest;

/**
 * Takes notes while a tree is written, so that afterwards only what has changed must be read again.
 * Made by {@link ContentChecksum#changes}; every change must be told. For one thread.
 */
public final class TreeChanges {
  private final TreeDigests digests;

  TreeChanges(TreeDigests digests) {
    this.digests = digests;
  }

  TreeDigests digests() {
    return digests;
  }

  /** The entry has other metadata, or is new; what is below it stays. */
  public void changed(ByteName path) {
    digests.changed(path);
  }

  /** The entry is gone, or another kind of entry, with all below it. */
  public void removed(ByteName path) {
    digests.removed(path);
  }

  /** The digest of a regular file without extended attributes, to be fed with its bytes. */
  public Digest.Hasher hasher(int mode, long uid, long gid, long size) {
    return EntryDigest.beginFile(mode, uid, gid, size);
  }

  /** A regular file was written; {@code digest} is what {@link #hasher} gave. */
  public void written(ByteName path, Digest digest) {
    digests.written(path, digest);
  }
}
