package org.jbuildkit.store;

import java.time.Instant;

/**
 * What a layer is described as, and when it was made.
 *
 * @param description as users see it
 */
public record LayerOrigin(String description, Instant createdAt) {}
