/**
 * What a frontend may do in a build, whoever runs it: {@link org.jbuildkit.engine.gateway.Build}
 * keeps the trees that were asked for and the result that was returned.
 */
@NullMarked
package org.jbuildkit.engine.gateway;

import org.jspecify.annotations.NullMarked;
