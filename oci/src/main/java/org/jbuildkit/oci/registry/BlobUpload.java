package org.jbuildkit.oci.registry;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.jbuildkit.oci.Descriptor;

/** A blob to be put into a repository. */
public interface BlobUpload {
  Descriptor descriptor();

  /** Paths of repositories of the same registry that may have it. */
  List<String> elsewhere();

  /** Makes the bytes available; called only if the registry lacks them. */
  void prepare() throws IOException, InterruptedException;

  /** The bytes from their beginning, each time anew; the caller closes. */
  InputStream open() throws IOException;
}
