/**
 * What builds tell their clients while they run. Start with {@link
 * org.jbuildkit.engine.progress.JobProgress} (one build's stream, replayed to late listeners) and
 * {@link org.jbuildkit.engine.progress.VertexTrail} (one vertex's events, fanned out to builds).
 */
@NullMarked
package org.jbuildkit.engine.progress;

import org.jspecify.annotations.NullMarked;
