@NullMarked
package org.jbuildkit.executor.device;

import org.jspecify.annotations.NullMarked;
