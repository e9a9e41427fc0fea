/**
 * Times the same builds with two daemons in turn, in one run on one machine. Start with {@link
 * org.jbuildkit.benchmarks.Main}; the builds are those of {@link
 * org.jbuildkit.benchmarks.Workload}.
 *
 * <p>Only clients' means are used: a daemon is what answers at an address.
 */
@NullMarked
package org.jbuildkit.benchmarks;

import org.jspecify.annotations.NullMarked;
