/**
 * Runs the real solver on random builds under a scheduler that decides by a seed which task goes
 * on, one at a time, and checks what comes out. Start with {@link
 * org.jbuildkit.solver.simulation.Simulation}.
 */
@NullMarked
package org.jbuildkit.solver.simulation;

import org.jspecify.annotations.NullMarked;
