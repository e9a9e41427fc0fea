/**
 * Where results go: {@link org.jbuildkit.exporters.LayoutExporter} sends images as archives to the
 * client. The {@code image} package makes images of layers and configs.
 */
@NullMarked
package org.jbuildkit.exporters;

import org.jspecify.annotations.NullMarked;
