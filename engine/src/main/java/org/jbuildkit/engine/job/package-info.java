/** Builds that are going on: {@link org.jbuildkit.engine.job.Jobs} finds them by their id. */
@NullMarked
package org.jbuildkit.engine.job;

import org.jspecify.annotations.NullMarked;
