package org.jbuildkit.llb;

import java.util.List;
import org.jbuildkit.base.ErrorDetail;

/** A place in the text that a vertex was made from. */
public record SourceLocation(SourceText text, List<ErrorDetail.Range> ranges) {
  public SourceLocation {
    ranges = List.copyOf(ranges);
  }
}
