/**
 * What commands that ask a daemon share: the flags that say which one, and its answers in the
 * shapes that templates and JSON know. Start with {@link org.jbuildkit.buildctl.daemon.Connection}.
 */
@NullMarked
package org.jbuildkit.buildctl.daemon;

import org.jspecify.annotations.NullMarked;
