package org.jbuildkit.engine;

import java.io.IOException;
import java.util.Optional;
import java.util.SequencedMap;
import org.jbuildkit.engine.job.Job;
import org.jbuildkit.oci.Descriptor;
import org.jbuildkit.solver.VertexReport;

/** Writes results somewhere: one type of {@code --output}. */
public interface Exporter {

  /** The type in requests. */
  String type();

  /**
   * Reads a request's attributes.
   *
   * @param index the export's place in the request, by which the client knows it
   * @throws org.jbuildkit.base.BuildException for attributes that make no sense
   */
  Export open(int index, SequencedMap<String, String> attributes);

  /** One export of a build. */
  interface Export {
    /** The progress vertex's name. */
    String name();

    /**
     * Writes the result.
     *
     * @param result handles stay the caller's
     * @param report takes the steps of the work
     * @return entries of the build's response
     */
    SequencedMap<String, String> export(Job job, BuildResult result, VertexReport report)
        throws IOException, InterruptedException;

    /**
     * What is left to do once all exports of the build have succeeded; asked for after {@link
     * #export}. It shows as the same vertex again.
     */
    default Optional<Finish> finish() {
      return Optional.empty();
    }

    /**
     * The image that was made, if an image is what this makes; its documents are in the daemon's
     * store. Asked for after {@link #export}.
     */
    default Optional<Descriptor> image() {
      return Optional.empty();
    }
  }

  /** The last part of an export, which others may see. */
  @FunctionalInterface
  interface Finish {
    void run(VertexReport report) throws IOException, InterruptedException;
  }
}
