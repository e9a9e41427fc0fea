/** Identities of ops. */
@NullMarked
package org.jbuildkit.engine.op;

import org.jspecify.annotations.NullMarked;
