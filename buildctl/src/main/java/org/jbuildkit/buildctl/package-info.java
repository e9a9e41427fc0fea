/** The {@code buildctl} command line. Start with {@link org.jbuildkit.buildctl.Main}. */
@NullMarked
package org.jbuildkit.buildctl;

import org.jspecify.annotations.NullMarked;
