/**
 * Running processes: {@link org.jbuildkit.engine.exec.ExecRun} turns an exec op's mounts into
 * folders and its outputs into trees; an {@link org.jbuildkit.engine.exec.Executor} confines and
 * runs the process.
 */
@NullMarked
package org.jbuildkit.engine.exec;

import org.jspecify.annotations.NullMarked;
