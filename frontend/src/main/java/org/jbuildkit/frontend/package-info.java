/**
 * The Dockerfile language as a program that a daemon runs in a container: it calls the daemon's
 * gateway over its standard streams. Start with {@link org.jbuildkit.frontend.Main}; {@link
 * org.jbuildkit.frontend.BridgeClient} serves whoever has a gateway to talk to.
 */
@NullMarked
package org.jbuildkit.frontend;

import org.jspecify.annotations.NullMarked;
