/**
 * How much of the machine builds use: {@link org.jbuildkit.engine.usage.Sampler} measures again and
 * again, {@link org.jbuildkit.engine.usage.SystemUsage} the machine as a whole; what a step uses
 * its executor measures. Documents are BuildKit's ({@code executor/resources/types}).
 */
@NullMarked
package org.jbuildkit.engine.usage;

import org.jspecify.annotations.NullMarked;
