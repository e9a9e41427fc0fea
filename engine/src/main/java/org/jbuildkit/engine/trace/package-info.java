/**
 * Spans: what took how long on behalf of whom. Start with {@link
 * org.jbuildkit.engine.trace.SpanRecorder}, which keeps the spans of builds until their records
 * take them, and {@link org.jbuildkit.engine.trace.TraceContext}, which travels in the metadata of
 * calls.
 *
 * <p>A span is OTLP's own message: clients hand them in as such, collectors take them as such, and
 * nothing in between needs a library with its own threads and start-up time.
 */
@NullMarked
package org.jbuildkit.engine.trace;

import org.jspecify.annotations.NullMarked;
