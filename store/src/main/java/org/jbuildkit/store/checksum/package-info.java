/**
 * Digests of file trees by content, byte for byte those of BuildKit's {@code cache/contenthash}:
 * they are cache keys. Start with {@link org.jbuildkit.store.checksum.ContentChecksum}.
 */
@NullMarked
package org.jbuildkit.store.checksum;

import org.jspecify.annotations.NullMarked;
