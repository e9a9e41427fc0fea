/**
 * {@code buildkitd}: {@link org.jbuildkit.daemon.Main} reads the command line, {@link
 * org.jbuildkit.daemon.Daemon} wires everything in one place, the services answer clients.
 */
@NullMarked
package org.jbuildkit.daemon;

import org.jspecify.annotations.NullMarked;
