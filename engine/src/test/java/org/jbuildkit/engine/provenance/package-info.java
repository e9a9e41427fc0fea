/** Tests of provenance documents. */
@NullMarked
package org.jbuildkit.engine.provenance;

import org.jspecify.annotations.NullMarked;
