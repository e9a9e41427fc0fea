package org.jbuildkit.engine.progress;

import org.jbuildkit.protocol.control.Vertex;
import org.jbuildkit.protocol.control.VertexLog;
import org.jbuildkit.protocol.control.VertexStatus;
import org.jbuildkit.protocol.control.VertexWarning;

/** One thing that a build says of itself. */
public sealed interface ProgressEvent {
  record OfVertex(Vertex vertex) implements ProgressEvent {}

  record OfStatus(VertexStatus status) implements ProgressEvent {}

  record OfLog(VertexLog log) implements ProgressEvent {}

  record OfWarning(VertexWarning warning) implements ProgressEvent {}
}
