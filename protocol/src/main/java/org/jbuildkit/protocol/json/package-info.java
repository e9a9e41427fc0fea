/** Messages as JSON: {@link org.jbuildkit.protocol.json.MessageJson}. */
@NullMarked
package org.jbuildkit.protocol.json;

import org.jspecify.annotations.NullMarked;
