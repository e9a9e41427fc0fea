package org.jbuildkit.daemon;

import java.util.Set;
import org.jbuildkit.oci.ImageReference;

/**
 * Frontend images whose language is the one that is built in: there is no need to fetch and run
 * them. An image named by digest is meant itself, and so is one with experimental features.
 *
 * @param areRun whether they are run all the same
 */
record OwnImages(boolean areRun) {
  private static final Set<String> REPOSITORIES =
      Set.of("docker.io/docker/dockerfile", "docker.io/docker/dockerfile-upstream");

  boolean contain(String image) {
    return !areRun
        && ImageReference.tryParse(image)
            .filter(reference -> REPOSITORIES.contains(reference.repository()))
            .filter(reference -> reference.digest().isEmpty())
            .filter(reference -> !reference.tag().endsWith("labs"))
            .isPresent();
  }
}
