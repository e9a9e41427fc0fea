@NullMarked
package org.jbuildkit.frontend;

import org.jspecify.annotations.NullMarked;
