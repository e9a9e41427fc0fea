@NullMarked
package org.jbuildkit.executor.platform;

import org.jspecify.annotations.NullMarked;
