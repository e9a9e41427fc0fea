/**
 * The Dockerfile language and its conversion to the build graph. Start with {@link
 * org.jbuildkit.dockerfile.DockerfileFrontend}; {@code syntax} reads the text, {@link
 * org.jbuildkit.dockerfile.Conversion} turns stages into vertices.
 */
@NullMarked
package org.jbuildkit.dockerfile;

import org.jspecify.annotations.NullMarked;
