package org.jbuildkit.exporters.image;

import java.util.function.Function;
import org.jbuildkit.base.Digest;

/**
 * A statement about an image.
 *
 * @param isInlineOnly whether it is meant for results that have an index anyway
 * @param statement the in-toto document, compact, about the manifest of this digest
 */
public record Attestation(
    String predicateType, boolean isInlineOnly, Function<Digest, byte[]> statement) {}
