@NullMarked
package org.jbuildkit.engine.usage;

import org.jspecify.annotations.NullMarked;
