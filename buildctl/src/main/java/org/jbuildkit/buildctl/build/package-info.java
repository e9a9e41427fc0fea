/** {@code buildctl build}: start with {@link org.jbuildkit.buildctl.build.BuildCommand}. */
@NullMarked
package org.jbuildkit.buildctl.build;

import org.jspecify.annotations.NullMarked;
