/**
 * gRPC inside a byte stream: the connection of a session, with roles reversed. Start with {@link
 * org.jbuildkit.session.tunnel.TunnelClient} (the daemon's end) and {@link
 * org.jbuildkit.session.tunnel.TunnelServer} (the client's end). Exactly one connection is ever
 * made over a stream.
 */
@NullMarked
package org.jbuildkit.session.tunnel;

import org.jspecify.annotations.NullMarked;
