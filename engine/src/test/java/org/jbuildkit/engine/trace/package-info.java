/** Tests of spans. */
@NullMarked
package org.jbuildkit.engine.trace;

import org.jspecify.annotations.NullMarked;
