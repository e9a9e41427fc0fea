/**
 * System calls through the JDK's foreign-function API; no other room makes one.
 *
 * <p>Start with {@link org.jbuildkit.linux.Dir}, a directory held by descriptor below which names
 * are reached without races, and {@link org.jbuildkit.linux.Mounts}.
 *
 * <p>Invariants: every descriptor is close-on-exec; names are bytes; a path with several components
 * never follows a symbolic link unless {@link org.jbuildkit.linux.Resolve#IN_ROOT} is asked for,
 * and then only inside its root; failures are {@link org.jbuildkit.linux.LinuxException} with the
 * {@code errno}.
 */
@NullMarked
package org.jbuildkit.linux;

import org.jspecify.annotations.NullMarked;
