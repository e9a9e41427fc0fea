/**
 * What options of command lines say about a build, in the grammars that {@code buildctl} and {@code
 * buildx} share: secrets, agents, caches. Start with {@link
 * org.jbuildkit.client.options.SecretOptions}. Nothing here knows which flag a value came from.
 */
@NullMarked
package org.jbuildkit.client.options;

import org.jspecify.annotations.NullMarked;
