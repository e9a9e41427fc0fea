/**
 * Which machines' programs run here: {@link org.jbuildkit.executor.platform.RunnablePlatforms} asks
 * the kernel by running a tiny program of each kind; {@link
 * org.jbuildkit.executor.platform.Emulators} knows programs that run what the kernel does not.
 */
@NullMarked
package org.jbuildkit.executor.platform;

import org.jspecify.annotations.NullMarked;
