/**
 * The commands on builders. Start with {@link org.jbuildkit.buildx.manage.CreateCommand}, which
 * makes one, and {@link org.jbuildkit.buildx.manage.BuilderCommands}.
 */
@NullMarked
package org.jbuildkit.buildx.manage;

import org.jspecify.annotations.NullMarked;
