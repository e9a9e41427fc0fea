/**
 * Where results go: {@link org.jbuildkit.exporters.ImageExporter} pushes images to registries,
 * {@link org.jbuildkit.exporters.LayoutExporter} sends them to the client, {@link
 * org.jbuildkit.exporters.DirectoryExporter} and {@link org.jbuildkit.exporters.TarExporter} send
 * files. The {@code image} package makes images of layers and configs.
 */
@NullMarked
package org.jbuildkit.exporters;

import org.jspecify.annotations.NullMarked;
