package org.jbuildkit.llb;

import java.util.Arrays;
import java.util.Optional;
import org.jbuildkit.protocol.pb.Definition;

/**
 * A text that vertices were made from.
 *
 * @param definition where the text itself came from
 */
public record SourceText(
    String filename, String language, byte[] data, Optional<Definition> definition) {

  @Override
  public boolean equals(Object other) {
    return other instanceof SourceText text
        && text.filename.equals(filename)
        && Arrays.equals(text.data, data);
  }

  @Override
  public int hashCode() {
    return filename.hashCode() * 31 + Arrays.hashCode(data);
  }
}
