/**
 * A build's progress: the model of what is known, and the displays that print it in the formats of
 * the original clients. Start with {@link org.jbuildkit.client.progress.ProgressPrinter}.
 */
@NullMarked
package org.jbuildkit.client.progress;

import org.jspecify.annotations.NullMarked;
