/**
 * The small language in which clients choose records: {@link
 * org.jbuildkit.base.filter.FieldFilter}. Texts of errors are containerd's.
 */
@NullMarked
package org.jbuildkit.base.filter;

import org.jspecify.annotations.NullMarked;
