/**
 * What a daemon asks of a client over its session: files, results, blobs. Services with unary calls
 * only are used through their stubs on {@link org.jbuildkit.session.Session#channel}.
 */
@NullMarked
package org.jbuildkit.session.calls;

import org.jspecify.annotations.NullMarked;
