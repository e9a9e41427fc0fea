/** Tests of filters. */
@NullMarked
package org.jbuildkit.base.filter;

import org.jspecify.annotations.NullMarked;
