@NullMarked
package org.jbuildkit.executor.usage;

import org.jspecify.annotations.NullMarked;
