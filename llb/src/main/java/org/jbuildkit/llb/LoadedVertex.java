package org.jbuildkit.llb;

import java.util.List;
import org.jbuildkit.base.Digest;
import org.jbuildkit.protocol.pb.Op;
import org.jbuildkit.protocol.pb.OpMetadata;

/**
 * A vertex read from a definition, checked.
 *
 * @param digest of the op's canonical bytes
 * @param inputs one for each input of the op
 */
public record LoadedVertex(Digest digest, Op op, OpMetadata metadata, List<LoadedEdge> inputs) {
  public LoadedVertex {
    inputs = List.copyOf(inputs);
  }
}
