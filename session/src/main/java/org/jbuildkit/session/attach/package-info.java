/** Services that a client offers inside its session, one class each. */
@NullMarked
package org.jbuildkit.session.attach;

import org.jspecify.annotations.NullMarked;
