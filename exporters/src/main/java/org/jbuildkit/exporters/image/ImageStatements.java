package org.jbuildkit.exporters.image;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jbuildkit.base.Digest;
import org.jbuildkit.engine.ResultAttestation;
import org.jbuildkit.engine.provenance.PackageUrl;
import org.jbuildkit.exporters.statement.Statement;
import org.jbuildkit.oci.Platform;

/**
 * What is to be stated of one platform's image.
 *
 * @param attestations not unbundled yet: only an index needs their words
 * @param names of the image, comma-separated
 * @param daemon its version
 */
public record ImageStatements(List<ResultAttestation> attestations, String names, String daemon) {
  /** Nothing. */
  public static final ImageStatements NONE = new ImageStatements(List.of(), "", "");

  public ImageStatements {
    attestations = List.copyOf(attestations);
  }

  /** Whether an index is needed to hold them. */
  boolean needIndex(boolean countsInlineOnly) {
    return attestations.stream().anyMatch(one -> countsInlineOnly || !one.isInlineOnly());
  }

  /** The image under each of its names. */
  List<Statement.Self> selves(Platform platform, Digest image) {
    var selves = new ArrayList<Statement.Self>();
    for (var name : names.split(",", -1)) {
      if (!name.isEmpty()) {
        var url = PackageUrl.ofImage("docker", name, Optional.of(platform));
        selves.add(new Statement.Self(url, image));
      }
    }
    return selves;
  }
}
