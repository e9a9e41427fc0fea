@NullMarked
package org.jbuildkit.engine.exec;

import org.jspecify.annotations.NullMarked;
