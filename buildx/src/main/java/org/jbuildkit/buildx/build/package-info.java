/**
 * The command {@code build}: from flags to a request and its results. Start with {@link
 * org.jbuildkit.buildx.build.BuildCommand}. Flags are parsed once, into {@link
 * org.jbuildkit.buildx.build.BuildRequest}; the small classes each know one option's grammar.
 */
@NullMarked
package org.jbuildkit.buildx.build;

import org.jspecify.annotations.NullMarked;
