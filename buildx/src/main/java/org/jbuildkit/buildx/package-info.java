/**
 * The command line {@code buildx}, alone or as a plugin of Docker's. Start with {@link
 * org.jbuildkit.buildx.Main}; {@code build} is in {@code build}, the commands on builders are in
 * {@code manage}, what they keep is in {@code store} and how daemons are reached in {@code driver}.
 * Loads no class of the daemon: a daemon on demand is a process.
 */
@NullMarked
package org.jbuildkit.buildx;

import org.jspecify.annotations.NullMarked;
