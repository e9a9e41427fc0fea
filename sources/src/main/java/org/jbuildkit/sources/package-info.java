/** Where bytes come from: {@link org.jbuildkit.sources.LocalSource}, directories of the client. */
@NullMarked
package org.jbuildkit.sources;

import org.jspecify.annotations.NullMarked;
