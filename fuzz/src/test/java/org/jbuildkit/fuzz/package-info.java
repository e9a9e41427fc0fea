/**
 * Hostile messages at every door of the daemon. As tests they run over what was found before;
 * {@code fuzz/run.sh} lets the fuzzer make new ones for as long as one likes.
 */
@NullMarked
package org.jbuildkit.fuzz;

import org.jspecify.annotations.NullMarked;
