/**
 * What a build would do and why, for people: the model is {@link
 * org.jbuildkit.dockerfile.explain.Explanation}, its parts come from vertices by {@link
 * org.jbuildkit.dockerfile.explain.VertexReader}, and there is one class for each form that it is
 * shown in.
 */
@NullMarked
package org.jbuildkit.dockerfile.explain;

import org.jspecify.annotations.NullMarked;
