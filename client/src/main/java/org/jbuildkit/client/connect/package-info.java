/**
 * How a daemon is reached: sockets, TLS, and programs that carry a connection on their standard
 * streams. Start with {@link org.jbuildkit.client.connect.Dial}. A connection is made by the first
 * call over it, so what is wrong with it is told by that call's error.
 */
@NullMarked
package org.jbuildkit.client.connect;

import org.jspecify.annotations.NullMarked;
