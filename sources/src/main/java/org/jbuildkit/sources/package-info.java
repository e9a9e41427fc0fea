/**
 * Where bytes come from: {@link org.jbuildkit.sources.LocalSource}, directories of the client;
 * {@link org.jbuildkit.sources.RegistrySource} and {@link org.jbuildkit.sources.OciLayoutSource},
 * images, whose layers come when somebody needs their files; {@link
 * org.jbuildkit.sources.HttpSource}, files of web servers. Repositories have a package of their
 * own.
 */
@NullMarked
package org.jbuildkit.sources;

import org.jspecify.annotations.NullMarked;
