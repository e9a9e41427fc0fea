/**
 * What every room shares: {@link org.jbuildkit.base.Digest digests}, {@link
 * org.jbuildkit.base.BuildException typed errors}, {@link org.jbuildkit.base.TaskScope structured
 * waiting}, names as bytes and JSON as Go's encoder writes it.
 *
 * <p>Start with {@code Digest} and {@code BuildException}. Knows no other room.
 *
 * <p>jackson-core is used for reading JSON (streaming, bounded); the writer is ours because bytes
 * must equal those of Go's {@code encoding/json}.
 */
@NullMarked
package org.jbuildkit.base;

import org.jspecify.annotations.NullMarked;
