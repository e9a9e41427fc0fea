package org.jbuildkit.engine.gateway;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jbuildkit.engine.ResultAttestation;
import org.jbuildkit.protocol.keys.AttestationKeys;
import org.jbuildkit.store.Ref;

/**
 * A statement about a result, or a folder of such, as frontends return it.
 *
 * @param tree where it is; nothing for the empty tree
 * @param path of the file or folder in the tree
 */
public record Attestation(
    ResultAttestation.Kind kind,
    Map<String, byte[]> metadata,
    Optional<BuildTree> tree,
    String path,
    String predicateType,
    List<ResultAttestation.Subject> subjects) {
  public Attestation {
    metadata = new LinkedHashMap<>(metadata);
    subjects = List.copyOf(subjects);
  }

  /** What a scanner wrote of the software in a result. */
  public static Attestation ofScan(BuildTree folder) {
    return new Attestation(
        ResultAttestation.Kind.BUNDLE,
        AttestationKeys.ofSbom(),
        Optional.of(folder),
        "",
        AttestationKeys.SPDX,
        List.of());
  }

  /** The same with its tree made. */
  ResultAttestation made(Optional<Ref> made) {
    return new ResultAttestation(
        kind, metadata, path, predicateType, subjects, new ResultAttestation.Files(made));
  }
}
