package org.jbuildkit.sources;

import java.time.Clock;
import org.jbuildkit.store.BlobOrigins;
import org.jbuildkit.store.ContentStore;
import org.jbuildkit.store.RefStore;

/**
 * Where images that are pulled go; all of it stays the caller's.
 *
 * @param origins notes which repositories hold what was fetched from them
 */
public record ImageStores(RefStore refs, ContentStore content, BlobOrigins origins, Clock clock) {}
