/** What processes see and may do in our containers, with real runtimes. */
@NullMarked
package org.jbuildkit.executor;

import org.jspecify.annotations.NullMarked;
