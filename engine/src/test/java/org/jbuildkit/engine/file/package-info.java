/** What file ops do to trees. */
@NullMarked
package org.jbuildkit.engine.file;

import org.jspecify.annotations.NullMarked;
