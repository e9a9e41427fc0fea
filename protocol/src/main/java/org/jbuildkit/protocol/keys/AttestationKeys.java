package org.jbuildkit.protocol.keys;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/** Names in attestations: metadata that goes with them, and predicate types. */
public final class AttestationKeys {
  /** Why it was made. */
  public static final String REASON = "reason";

  /** The name of the statement about the result itself, among those about all that was scanned. */
  public static final String SBOM_CORE = "sbom-core";

  /** {@code true} where it is only for results that can hold statements themselves. */
  public static final String INLINE_ONLY = "inline-only";

  public static final String SPDX = "https://spdx.dev/Document";

  public static final String PROVENANCE_PREFIX = "https://slsa.dev/provenance/";

  private static final String SBOM = "sbom";
  private static final String PROVENANCE = "provenance";

  private AttestationKeys() {}

  /** The metadata of a bundle that a scanner wrote. */
  public static SequencedMap<String, byte[]> ofSbom() {
    var metadata = new LinkedHashMap<String, byte[]>();
    metadata.put(REASON, bytes(SBOM));
    metadata.put(SBOM_CORE, bytes(SBOM));
    return metadata;
  }

  /** The metadata of a statement of where a result comes from. */
  public static SequencedMap<String, byte[]> ofProvenance(boolean isInlineOnly) {
    var metadata = new LinkedHashMap<String, byte[]>();
    metadata.put(REASON, bytes(PROVENANCE));
    metadata.put(INLINE_ONLY, bytes(Boolean.toString(isInlineOnly)));
    return metadata;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
