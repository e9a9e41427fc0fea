/**
 * Patterns over slash-separated paths: {@link org.jbuildkit.base.glob.PatternMatcher} as in
 * .dockerignore files, {@link org.jbuildkit.base.glob.Wildcard} as in COPY sources.
 */
@NullMarked
package org.jbuildkit.base.glob;

import org.jspecify.annotations.NullMarked;
