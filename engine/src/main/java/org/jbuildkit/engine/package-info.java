/**
 * What a vertex does and how a build runs. Declares what others plug in: {@link
 * org.jbuildkit.engine.Source} (where bytes come from) and {@link org.jbuildkit.engine.Exporter}
 * (where results go).
 *
 * <p>Start with {@link org.jbuildkit.engine.BuildEngine}.
 */
@NullMarked
package org.jbuildkit.engine;

import org.jspecify.annotations.NullMarked;
