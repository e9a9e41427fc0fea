/**
 * Git repositories as trees: {@link org.jbuildkit.sources.git.GitSource} is where to start, {@link
 * org.jbuildkit.sources.git.GitProgram} the one place that runs {@code git}.
 *
 * <p>A server and what it sends are hostile: its names of refs are looked at before they become
 * words of a command, and a checkout is walked by descriptor.
 */
@NullMarked
package org.jbuildkit.sources.git;

import org.jspecify.annotations.NullMarked;
