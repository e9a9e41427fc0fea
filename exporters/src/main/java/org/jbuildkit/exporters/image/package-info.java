/**
 * Images out of results: {@link org.jbuildkit.exporters.image.ImageAssembly} writes config,
 * manifest and index of layers that are there already; {@link
 * org.jbuildkit.exporters.image.ImageArchive} writes them as one tar stream.
 *
 * <p>Invariant: for equal input every document is equal to BuildKit's, byte for byte. No times are
 * taken here but those given.
 */
@NullMarked
package org.jbuildkit.exporters.image;

import org.jspecify.annotations.NullMarked;
