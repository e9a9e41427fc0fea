/**
 * Errors on the wire: a gRPC status whose details are JSON documents. Start with {@link
 * org.jbuildkit.session.errors.StatusCodec}.
 */
@NullMarked
package org.jbuildkit.session.errors;

import org.jspecify.annotations.NullMarked;
