/** Tests of the daemon's tracing. */
@NullMarked
package org.jbuildkit.daemon.trace;

import org.jspecify.annotations.NullMarked;
