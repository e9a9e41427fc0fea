/**
 * How the daemons of builders are reached. Start with {@link org.jbuildkit.buildx.driver.Driver};
 * {@link org.jbuildkit.buildx.driver.LocalDaemon} starts one when it is needed.
 */
@NullMarked
package org.jbuildkit.buildx.driver;

import org.jspecify.annotations.NullMarked;
