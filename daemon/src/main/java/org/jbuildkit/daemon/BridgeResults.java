package org.jbuildkit.daemon;

import com.google.protobuf.ByteString;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.engine.ResultAttestation;
import org.jbuildkit.engine.gateway.Bridge;
import org.jbuildkit.engine.gateway.Build;
import org.jbuildkit.engine.gateway.BuildTree;
import org.jbuildkit.protocol.gateway.Attestation;
import org.jbuildkit.protocol.gateway.AttestationKind;
import org.jbuildkit.protocol.gateway.Attestations;
import org.jbuildkit.protocol.gateway.InTotoSubject;
import org.jbuildkit.protocol.gateway.InTotoSubjectKind;
import org.jbuildkit.protocol.gateway.Ref;
import org.jbuildkit.protocol.gateway.RefMap;
import org.jbuildkit.protocol.gateway.RefMapDeprecated;
import org.jbuildkit.protocol.gateway.Result;
import org.jbuildkit.protocol.gateway.SolveRequest;
import org.jbuildkit.protocol.gateway.SolveResponse;

/** Results as they go over the wire: trees are named by the ids of a bridge. */
record BridgeResults(Bridge bridge) {

  /** The answer to a request, in the form that the peer understands. */
  SolveResponse answer(SolveRequest request, Build.Returned returned) {
    if (!request.getAllowResultReturn()) {
      return SolveResponse.newBuilder()
          .setRef(returned.first().map(bridge::add).orElse(""))
          .build();
    }
    var result = Result.newBuilder();
    returned
        .metadata()
        .forEach((key, value) -> result.putMetadata(key, ByteString.copyFrom(value)));
    returned
        .attestations()
        .forEach((platform, list) -> result.putAttestations(platform, attestations(list)));
    boolean takesMessages = request.getAllowResultArrayRef();
    if (returned.byPlatform().isEmpty()) {
      if (takesMessages) {
        result.setRef(ref(returned.single()));
      } else {
        result.setRefDeprecated(id(returned.single()));
      }
    } else if (takesMessages) {
      var refs = RefMap.newBuilder();
      returned.byPlatform().forEach((platform, tree) -> refs.putRefs(platform, ref(tree)));
      result.setRefs(refs);
    } else {
      var refs = RefMapDeprecated.newBuilder();
      returned.byPlatform().forEach((platform, tree) -> refs.putRefs(platform, id(tree)));
      result.setRefsDeprecated(refs);
    }
    return SolveResponse.newBuilder().setResult(result).build();
  }

  private String id(Optional<BuildTree> tree) {
    return tree.map(bridge::add).orElse("");
  }

  private Ref ref(Optional<BuildTree> tree) {
    return tree.map(t -> Ref.newBuilder().setId(bridge.add(t)).setDef(t.definition()).build())
        .orElse(Ref.getDefaultInstance());
  }

  private Attestations attestations(List<org.jbuildkit.engine.gateway.Attestation> list) {
    var all = Attestations.newBuilder();
    for (var attestation : list) {
      var kind =
          switch (attestation.kind()) {
            case IN_TOTO -> AttestationKind.InToto;
            case BUNDLE -> AttestationKind.Bundle;
          };
      var message =
          Attestation.newBuilder()
              .setKind(kind)
              // Peers take it for given, even if it is empty.
              .setRef(ref(attestation.tree()))
              .setPath(attestation.path())
              .setInTotoPredicateType(attestation.predicateType());
      attestation
          .metadata()
          .forEach((key, value) -> message.putMetadata(key, ByteString.copyFrom(value)));
      for (var subject : attestation.subjects()) {
        message.addInTotoSubjects(
            InTotoSubject.newBuilder()
                .setKind(subject.isSelf() ? InTotoSubjectKind.Self : InTotoSubjectKind.Raw)
                .addAllDigest(subject.digests())
                .setName(subject.name()));
      }
      all.addAttestation(message);
    }
    return all.build();
  }

  /**
   * What a frontend returns.
   *
   * @throws BuildException {@code return reference ID not found}
   */
  Build.Returned returned(Result result) {
    Optional<BuildTree> single = Optional.empty();
    Map<String, Optional<BuildTree>> trees = new LinkedHashMap<>();
    switch (result.getResultCase()) {
      case REFS ->
          result.getRefs().getRefsMap().forEach((id, ref) -> trees.put(id, tree(ref.getId())));
      case REFSDEPRECATED ->
          result.getRefsDeprecated().getRefsMap().forEach((id, ref) -> trees.put(id, tree(ref)));
      case REF -> single = tree(result.getRef().getId());
      case REFDEPRECATED -> single = tree(result.getRefDeprecated());
      case RESULT_NOT_SET -> {}
    }
    var attestations = new LinkedHashMap<String, List<org.jbuildkit.engine.gateway.Attestation>>();
    result
        .getAttestationsMap()
        .forEach((id, all) ->
            attestations.put(id, all.getAttestationList().stream().map(this::read).toList()));
    return new Build.Returned(single, trees, Build.bytes(result.getMetadataMap()), attestations);
  }

  private Optional<BuildTree> tree(String id) {
    return id.isEmpty() ? Optional.empty() : Optional.of(bridge.known(id));
  }

  private org.jbuildkit.engine.gateway.Attestation read(Attestation message) {
    var kind =
        switch (message.getKind()) {
          case InToto -> ResultAttestation.Kind.IN_TOTO;
          case Bundle -> ResultAttestation.Kind.BUNDLE;
          case UNRECOGNIZED ->
              throw BuildException.invalid(
                  "unknown attestation kind %d".formatted(message.getKindValue()));
        };
    return new org.jbuildkit.engine.gateway.Attestation(
        kind,
        Build.bytes(message.getMetadataMap()),
        tree(message.getRef().getId()),
        message.getPath(),
        message.getInTotoPredicateType(),
        message.getInTotoSubjectsList().stream().map(BridgeResults::read).toList());
  }

  private static ResultAttestation.Subject read(InTotoSubject subject) {
    boolean isSelf =
        switch (subject.getKind()) {
          case Self -> true;
          case Raw -> false;
          case UNRECOGNIZED ->
              throw BuildException.invalid(
                  "unknown attestation subject kind %d".formatted(subject.getKindValue()));
        };
    return new ResultAttestation.Subject(isSelf, subject.getDigestList(), subject.getName());
  }
}
