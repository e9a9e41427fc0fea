/**
 * The daemon's tracing: {@link org.jbuildkit.daemon.trace.Tracing} makes spans of calls, {@link
 * org.jbuildkit.daemon.trace.TraceIntake} takes those of clients, {@link
 * org.jbuildkit.daemon.trace.SpanForwarding} hands all of them on where the environment says so.
 */
@NullMarked
package org.jbuildkit.daemon.trace;

import org.jspecify.annotations.NullMarked;
