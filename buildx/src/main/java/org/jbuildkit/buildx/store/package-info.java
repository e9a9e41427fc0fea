/**
 * What buildx keeps on disk, in the format that every buildx of the user reads and writes. Start
 * with {@link org.jbuildkit.buildx.store.BuilderStore}.
 */
@NullMarked
package org.jbuildkit.buildx.store;

import org.jspecify.annotations.NullMarked;
