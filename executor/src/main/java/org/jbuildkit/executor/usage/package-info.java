/**
 * What steps use of the machine, from the files of their control groups: {@link
 * org.jbuildkit.executor.usage.StepMeter}. Groups of the first version hold less, but more than
 * nothing.
 */
@NullMarked
package org.jbuildkit.executor.usage;

import org.jspecify.annotations.NullMarked;
