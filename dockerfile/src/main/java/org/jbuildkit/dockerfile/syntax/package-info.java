/**
 * Text to instructions: {@link org.jbuildkit.dockerfile.syntax.DockerfileParser} cuts the text into
 * {@link org.jbuildkit.dockerfile.syntax.Line logical lines}, {@link
 * org.jbuildkit.dockerfile.syntax.InstructionReader} reads each into an {@link
 * org.jbuildkit.dockerfile.syntax.Instruction}, {@link org.jbuildkit.dockerfile.syntax.Words}
 * expands variables later.
 */
@NullMarked
package org.jbuildkit.dockerfile.syntax;

import org.jspecify.annotations.NullMarked;
