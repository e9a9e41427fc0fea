/** Tests of build records. */
@NullMarked
package org.jbuildkit.engine.history;

import org.jspecify.annotations.NullMarked;
