/**
 * Runs processes in containers with an OCI runtime: {@link org.jbuildkit.executor.OciExecutor}
 * prepares the bundle, {@link org.jbuildkit.executor.OciRuntime} calls runc or crun. What a process
 * may do is decided in {@link org.jbuildkit.executor.RuntimeDocument} and nowhere else.
 */
@NullMarked
package org.jbuildkit.executor;

import org.jspecify.annotations.NullMarked;
