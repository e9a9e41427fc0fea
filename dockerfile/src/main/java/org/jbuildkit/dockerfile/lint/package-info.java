/**
 * Build checks: what is allowed in a Dockerfile but likely to be a mistake. {@link
 * org.jbuildkit.dockerfile.lint.Rule} lists them, {@link org.jbuildkit.dockerfile.lint.Linter}
 * collects what was found. Where a rule is broken is noticed by whoever reads or converts.
 */
@NullMarked
package org.jbuildkit.dockerfile.lint;

import org.jspecify.annotations.NullMarked;
