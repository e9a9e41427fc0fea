/**
 * Signatures of what sources bring: {@link org.jbuildkit.sources.signature.PgpKeys} and {@link
 * org.jbuildkit.sources.signature.SshKeys} check bytes against keys that a definition names.
 *
 * <p>The keys are trusted, the signatures and the bytes are not. What is not understood is refused.
 */
@NullMarked
package org.jbuildkit.sources.signature;

import org.jspecify.annotations.NullMarked;
