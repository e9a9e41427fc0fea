package org.jbuildkit.exporters.statement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jbuildkit.engine.ResultAttestation;
import org.jbuildkit.engine.ResultAttestation.Kind;
import org.jbuildkit.engine.ResultAttestation.Subject;
import org.jbuildkit.linux.ProcessCalls;
import org.jbuildkit.protocol.keys.AttestationKeys;
import org.jbuildkit.store.Database;
import org.jbuildkit.store.OverlaySnapshotter;
import org.jbuildkit.store.Ref;
import org.jbuildkit.store.RefOptions;
import org.jbuildkit.store.RefStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Statements found in trees that frontends return. */
class UnbundlingTest {
  private static final String SPDX = AttestationKeys.SPDX;

  @TempDir private Path folder;
  private Database database;
  private RefStore refs;

  @BeforeEach
  void open() throws IOException {
    assumeTrue(ProcessCalls.effectiveUserId() == 0, "mounts need root");
    database = Database.open(folder.resolve("meta.db"));
    refs =
        RefStore.open(
            folder,
            OverlaySnapshotter.open(folder.resolve("snapshots")),
            (_, _, _, _) -> {},
            database,
            Clock.systemUTC());
  }

  @AfterEach
  void close() {
    if (database != null) {
      database.close();
    }
  }

  private interface Filling {
    void of(Path root) throws IOException;
  }

  private Ref tree(Filling filling) throws IOException, InterruptedException {
    var mutable = refs.create(Optional.empty(), RefOptions.regular("test"));
    try (var mounted = mutable.mount()) {
      filling.of(mounted.path());
    }
    return mutable.commit();
  }

  private static ResultAttestation of(Kind kind, String path, String type, Ref tree) {
    return new ResultAttestation(
        kind,
        AttestationKeys.ofSbom(),
        path,
        type,
        List.of(),
        new ResultAttestation.Files(Optional.of(tree)));
  }

  private static ResultAttestation bundle(Ref tree) {
    return of(Kind.BUNDLE, "", SPDX, tree);
  }

  private void refuses(String content, String message) throws IOException, InterruptedException {
    try (var tree = tree(root -> Files.writeString(root.resolve("s"), content))) {
      assertThatThrownBy(() -> Unbundling.of(List.of(bundle(tree))))
          .hasMessageStartingWith(message);
    }
  }

  @Test
  void entriesOfABundleAreStatementsThatComeCoreFirst() throws Exception {
    try (var tree =
        tree(root -> {
          Files.writeString(
              root.resolve("extra.json"),
              "{\"_type\":\"x\",\"PredicateType\":\"%s\",\"subject\":[{\"name\":\"n\",\"digest\":{\"sha1\":\"b\"}}],\"predicate\":{\"z\":1.0,\"a\":12345678901234567890},\"more\":1}"
                  .formatted(SPDX));
          Files.writeString(root.resolve("sbom.spdx.json"), "{\"predicateType\":\"" + SPDX + "\"}");
        })) {
      var made =
          ResultAttestation.made(
              "https://slsa.dev/provenance/v1", Map.of(), "p", () -> new byte[0]);
      var statements = Unbundling.of(List.of(made, bundle(tree)));
      assertThat(statements)
          .extracting(Statement::path)
          .containsExactly("sbom.spdx.json", "p", "extra.json");
      assertThat(statements.getLast().predicate())
          .isEqualTo("{\"a\":12345678901234567000,\"z\":1}");
      assertThat(statements.getLast().subjects())
          .containsExactly(new Subject(false, List.of("sha1:b"), "n"));
      assertThat(statements.getFirst().predicate()).isEqualTo("null");
    }
  }

  @Test
  void whatIsNoStatementIsRefused() throws Exception {
    refuses("{", "cannot decode in-toto statement: ");
    refuses("[]", "cannot decode in-toto statement: ");
    refuses("{} {}", "in-toto statement is not a single JSON object");
    refuses(
        "{\"predicateType\":\"t\"}",
        "bundle entry t does not match required predicate type " + SPDX);
    try (var tree = tree(root -> Files.createDirectory(root.resolve("d")))) {
      assertThatThrownBy(() -> Unbundling.of(List.of(bundle(tree))))
          .hasMessage("/d is not a regular file");
    }
  }

  @Test
  void frontendsSayNothingOfWhereResultsComeFrom() throws Exception {
    var type = "https://slsa.dev/provenance/v1";
    try (var tree =
        tree(
            root -> Files.writeString(root.resolve("p"), "{\"predicateType\":\"" + type + "\"}"))) {
      assertThatThrownBy(() -> Unbundling.of(List.of(of(Kind.IN_TOTO, "p", type, tree))))
          .hasMessage("frontend may not set provenance attestations");
      assertThatThrownBy(() -> Unbundling.of(List.of(of(Kind.BUNDLE, "", "", tree))))
          .hasMessage("frontend may not bundle provenance attestations");
    }
  }

  @Test
  void linksLeadNoFurtherThanTheTree() throws Exception {
    var outside = Files.writeString(folder.resolve("secret"), "{}");
    try (var tree =
        tree(root -> {
          Files.createSymbolicLink(root.resolve("out"), outside);
          Files.createSymbolicLink(root.resolve("in"), Path.of("/d/s"));
          Files.createDirectory(root.resolve("d"));
          Files.writeString(root.resolve("d/s"), "{\"a\":1}");
        })) {
      assertThatThrownBy(() -> Unbundling.of(List.of(of(Kind.IN_TOTO, "out", "t", tree))))
          .hasMessageStartingWith("cannot read in-toto attestation: open ")
          .hasMessageEndingWith("no such file or directory");
      var found = Unbundling.of(List.of(of(Kind.IN_TOTO, "in", "t", tree)));
      assertThat(found.getFirst().about(List.of()))
          .asString(StandardCharsets.UTF_8)
          .endsWith("\"predicate\":{\"a\":1}}");
    }
  }
}
