/** Holds the whole house to its rules: which room may know which. */
@NullMarked
package org.jbuildkit.systemtests;

import org.jspecify.annotations.NullMarked;
