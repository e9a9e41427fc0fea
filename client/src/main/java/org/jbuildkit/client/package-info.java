/**
 * Talks to a daemon. Start with {@link org.jbuildkit.client.DaemonConnection} and {@link
 * org.jbuildkit.client.BuildRunner}. Knows nothing of command lines, and loads no class of a
 * daemon.
 */
@NullMarked
package org.jbuildkit.client;

import org.jspecify.annotations.NullMarked;
