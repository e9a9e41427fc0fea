/**
 * gRPC streams for blocking code on virtual threads. Start with {@link
 * org.jbuildkit.session.stream.MessageStream}; {@link org.jbuildkit.session.stream.ByteDuplex} is
 * the same for bytes. Both obey flow control in both directions: a slow reader slows its peer, and
 * no more than a fixed number of messages is ever held.
 */
@NullMarked
package org.jbuildkit.session.stream;

import org.jspecify.annotations.NullMarked;
