/**
 * Builds random graphs for a long time and compares each result with what a plain interpreter says;
 * samples meanwhile what the daemon takes. Start with {@link org.jbuildkit.benchmarks.soak.Main}.
 */
@NullMarked
package org.jbuildkit.benchmarks.soak;

import org.jspecify.annotations.NullMarked;
