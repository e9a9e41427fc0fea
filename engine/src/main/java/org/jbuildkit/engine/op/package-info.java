/**
 * What a vertex does and how it is keyed: one class for each op of the wire. Start with {@link
 * org.jbuildkit.engine.op.OpJson} for the preimages of cache digests.
 */
@NullMarked
package org.jbuildkit.engine.op;

import org.jspecify.annotations.NullMarked;
