/**
 * String keys and limits that travel on the wire beside the messages: gRPC metadata, option and
 * attribute maps, response maps. Start with {@link org.jbuildkit.protocol.keys.MetadataKeys} and
 * {@link org.jbuildkit.protocol.keys.SolveOptions}. Constants only; nothing here knows what a key
 * does.
 */
@NullMarked
package org.jbuildkit.protocol.keys;

import org.jspecify.annotations.NullMarked;
