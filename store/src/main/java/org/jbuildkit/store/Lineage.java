package org.jbuildkit.store;

import java.nio.file.Path;
import java.util.Optional;

/**
 * A tree that is one layer on top of the next.
 *
 * @param isTransferred whether a client sent it
 * @param notes a folder for notes about the tree, which goes with it
 * @param layer the content of its own layer, if it has one
 */
public record Lineage(
    String contentId, boolean isTransferred, Optional<Path> notes, Optional<Path> layer) {}
