package org.jbuildkit.exporters.statement;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Json;
import org.jbuildkit.engine.ResultAttestation;
import org.jbuildkit.engine.ResultAttestation.Files;
import org.jbuildkit.engine.ResultAttestation.Kind;
import org.jbuildkit.engine.ResultAttestation.Predicate;
import org.jbuildkit.protocol.keys.AttestationKeys;
import org.jbuildkit.store.Ref;

/** Finds the single statements in what is attested of a result. */
public final class Unbundling {
  private Unbundling() {}

  /**
   * All statements: first those of the software in the result itself, then the others as they come.
   *
   * @throws BuildException for what is no statement, and for what frontends may not state
   */
  public static List<Statement> of(List<ResultAttestation> attestations)
      throws IOException, InterruptedException {
    for (var attestation : attestations) {
      check(attestation);
    }
    var found = new ArrayList<Statement>();
    for (var attestation : attestations) {
      switch (attestation.kind()) {
        case IN_TOTO -> found.add(single(attestation));
        case BUNDLE -> found.addAll(bundled(attestation));
      }
    }
    var sorted = new ArrayList<>(found.stream().filter(Statement::isCore).toList());
    found.stream().filter(statement -> !statement.isCore()).forEach(sorted::add);
    return sorted;
  }

  private static void check(ResultAttestation attestation) {
    if (attestation.kind() == Kind.IN_TOTO && attestation.path().isEmpty()) {
      throw BuildException.failed("attestation does not have set path");
    }
    if (attestation.content() instanceof Files(Optional<Ref> tree)) {
      if (tree.isEmpty()) {
        throw BuildException.failed("attestation does not have available content");
      }
      if (attestation.kind() == Kind.IN_TOTO && isProvenance(attestation.predicateType())) {
        throw BuildException.failed("frontend may not set provenance attestations");
      }
    }
  }

  private static boolean isProvenance(String predicateType) {
    return predicateType.startsWith(AttestationKeys.PROVENANCE_PREFIX);
  }

  private static Statement single(ResultAttestation attestation)
      throws IOException, InterruptedException {
    var predicate =
        switch (attestation.content()) {
          case Predicate made -> made.make();
          case Files(Optional<Ref> tree) -> {
            try (var files = StatementFiles.open(tree.orElseThrow())) {
              yield files.file(attestation.path());
            } catch (IOException | BuildException e) {
              throw BuildException.failed("cannot read in-toto attestation", e);
            }
          }
        };
    return new Statement(
        attestation.path(),
        attestation.metadata(),
        attestation.predicateType(),
        attestation.subjects(),
        spelled(predicate));
  }

  private static String spelled(byte[] predicate) {
    if (predicate.length == 0) {
      return "null";
    }
    try {
      var _ = Json.parse(predicate);
      return RawJson.compact(new String(predicate, StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      throw BuildException.failed(
          "failed to marshal attestation: json: error calling MarshalJSON for type json.RawMessage: "
              + reason(new String(predicate, StandardCharsets.UTF_8), e));
    }
  }

  /** What peers say where not even the beginning is one of a document. */
  private static String reason(String text, IllegalArgumentException error) {
    var begun = text.stripLeading();
    if (begun.isEmpty()) {
      return "unexpected end of JSON input";
    }
    boolean isBegin = "{[\"-0123456789tfn".indexOf(begun.charAt(0)) >= 0;
    return isBegin
        ? BuildException.describe(error)
        : "invalid character '%c' looking for beginning of value".formatted(begun.charAt(0));
  }

  private static List<Statement> bundled(ResultAttestation bundle)
      throws IOException, InterruptedException {
    if (!(bundle.content() instanceof Files(Optional<Ref> tree))) {
      throw BuildException.failed("attestation bundle cannot have callback");
    }
    var statements = new ArrayList<Statement>();
    try (var files = StatementFiles.open(tree.orElseThrow())) {
      for (var entry : files.folder(bundle.path())) {
        var statement = BundleEntry.read(bundle, entry.name(), entry.bytes());
        if (isProvenance(statement.predicateType())) {
          throw BuildException.failed("frontend may not bundle provenance attestations");
        }
        statements.add(statement);
      }
    }
    return statements;
  }
}
