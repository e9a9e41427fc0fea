/** {@code buildctl debug}: start with {@link org.jbuildkit.buildctl.debug.DebugCommands}. */
@NullMarked
package org.jbuildkit.buildctl.debug;

import org.jspecify.annotations.NullMarked;
