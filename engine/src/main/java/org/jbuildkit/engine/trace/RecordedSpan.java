package org.jbuildkit.engine.trace;

import org.jbuildkit.protocol.otlp.InstrumentationScope;
import org.jbuildkit.protocol.otlp.Resource;
import org.jbuildkit.protocol.otlp.ResourceSpans;
import org.jbuildkit.protocol.otlp.ScopeSpans;
import org.jbuildkit.protocol.otlp.Span;

/** A span with who made it. */
public record RecordedSpan(Resource resource, InstrumentationScope scope, Span span) {

  /** The form in which spans are handed on. */
  public ResourceSpans message() {
    return ResourceSpans.newBuilder()
        .setResource(resource)
        .addScopeSpans(ScopeSpans.newBuilder().setScope(scope).addSpans(span))
        .build();
  }
}
