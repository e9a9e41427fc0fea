package org.jbuildkit.store;

import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jbuildkit.base.Digest;
import org.jbuildkit.oci.Descriptor;

/**
 * Blobs by their digest. What can be opened is complete and was verified when it was written.
 * Writing a blob that is there already is success and changes nothing.
 */
public interface ContentStore {

  /** The bytes under this digest, or empty if absent. The caller closes the stream. */
  Optional<InputStream> open(Digest digest) throws IOException;

  /** The size in bytes, or empty if absent. */
  Optional<Long> size(Digest digest) throws IOException;

  /** Whether a blob is there, as long as it should be: one cut short is as good as none. */
  default boolean has(Descriptor blob) throws IOException {
    return size(blob.digest()).filter(size -> size == blob.size()).isPresent();
  }

  /** When the blob was stored, or empty if absent. */
  Optional<Instant> storedAt(Digest digest) throws IOException;

  /** Starts a blob that nobody sees before it is committed. The caller closes the writer. */
  BlobWriter ingest() throws IOException;

  /** Removes a blob; an absent one is fine. */
  void delete(Digest digest) throws IOException;

  /** Tells digest and size of every blob. */
  void walk(BiConsumer<Digest, Long> visitor) throws IOException;

  /** Stores bytes and returns their digest. */
  default Digest put(byte[] bytes) throws IOException {
    try (var writer = ingest()) {
      writer.write(bytes);
      return writer.commit();
    }
  }
}
