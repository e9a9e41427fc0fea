package org.jbuildkit.dockerfile;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jbuildkit.llb.LlbEdge;
import org.jbuildkit.llb.LlbVertex;
import org.jbuildkit.protocol.pb.Op;
import org.jbuildkit.protocol.pb.OpMetadata;

/**
 * The digests that vertices would have if no source named the session that it is read from, or the
 * store in it: these are new for every build, and with them all that takes from one. Vertices are
 * asked for after their inputs.
 */
final class SessionFree {
  private static final List<String> ATTRIBUTES =
      List.of("local.session", "oci.session", "oci.store");

  private final Map<String, LlbVertex> known = new HashMap<>();

  String digest(LlbVertex vertex, Op op) {
    return known
        .computeIfAbsent(vertex.digest().toString(), _ -> without(vertex, op))
        .digest()
        .toString();
  }

  private LlbVertex without(LlbVertex vertex, Op op) {
    boolean isChanged = false;
    var inputs = new ArrayList<LlbEdge>();
    for (var input : vertex.inputs()) {
      var free = known.getOrDefault(input.vertex().digest().toString(), input.vertex());
      isChanged |= free != input.vertex();
      inputs.add(free.output(input.outputIndex()));
    }
    var changed = op.toBuilder().clearInputs();
    for (var attribute : ATTRIBUTES) {
      if (op.hasSource() && op.getSource().containsAttrs(attribute)) {
        changed.getSourceBuilder().removeAttrs(attribute);
        isChanged = true;
      }
    }
    return isChanged
        ? LlbVertex.of(changed.build(), inputs, OpMetadata.getDefaultInstance(), List.of())
        : vertex;
  }
}
