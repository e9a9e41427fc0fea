/**
 * Both ends of a session. Daemons start with {@link org.jbuildkit.session.SessionRegistry}, clients
 * with {@link org.jbuildkit.session.SessionServer}.
 *
 * <p>A session is a byte tunnel opened by a client, in which the daemon calls services of the
 * client. Closing a session ends only the calls made over it.
 */
@NullMarked
package org.jbuildkit.session;

import org.jspecify.annotations.NullMarked;
