package org.jbuildkit.exporters.statement;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ContainerPath;
import org.jbuildkit.base.Json;
import org.jbuildkit.engine.ResultAttestation;
import org.jbuildkit.engine.provenance.GenericJson;

/** A whole statement as somebody else wrote it. */
final class BundleEntry {
  private BundleEntry() {}

  /**
   * Reads one file of a bundle.
   *
   * @throws BuildException for what is no statement, or none of the type that the bundle has
   */
  static Statement read(ResultAttestation bundle, String name, byte[] bytes) {
    var document = parse(bytes);
    var type = text(document, "predicateType");
    if (!bundle.predicateType().isEmpty() && !bundle.predicateType().equals(type)) {
      throw BuildException.failed(
          "bundle entry %s does not match required predicate type %s"
              .formatted(type, bundle.predicateType()));
    }
    var predicate = member(document, "predicate").orElseGet(Json.Null::new);
    var path = ContainerPath.cleaned(bundle.path().isEmpty() ? name : bundle.path() + "/" + name);
    return new Statement(
        path, bundle.metadata(), type, subjects(document), GenericJson.of(predicate).write());
  }

  private static Json.Obj parse(byte[] bytes) {
    var documents = decoded(bytes);
    if (documents.size() != 1) {
      throw BuildException.failed("in-toto statement is not a single JSON object");
    }
    if (documents.getFirst() instanceof Json.Obj object) {
      return object;
    }
    throw undecodable("not a JSON object", Optional.empty());
  }

  private static List<Json> decoded(byte[] bytes) {
    try {
      return List.of(Json.parse(bytes));
    } catch (IllegalArgumentException e) {
      boolean hasMore = BuildException.describe(e).startsWith("more after the end");
      if (hasMore) {
        return List.of();
      }
      throw undecodable("", Optional.of(e));
    }
  }

  private static BuildException undecodable(String reason, Optional<Exception> cause) {
    var what = "cannot decode in-toto statement";
    return cause
        .map(e -> BuildException.failed(what, e))
        .orElseGet(() -> BuildException.failed(what + ": " + reason));
  }

  /** A member by its name in any case; the last one counts. */
  private static Optional<Json> member(Json.Obj object, String name) {
    Optional<Json> found = Optional.empty();
    for (var member : object.members().entrySet()) {
      if (member.getKey().equalsIgnoreCase(name)) {
        found = Optional.of(member.getValue());
      }
    }
    return found;
  }

  private static String text(Json.Obj object, String name) {
    return switch (member(object, name).orElseGet(Json.Null::new)) {
      case Json.Null _ -> "";
      case Json.Str(var text) -> text;
      default -> throw undecodable(name + " is no text", Optional.empty());
    };
  }

  private static List<ResultAttestation.Subject> subjects(Json.Obj document) {
    var listed = member(document, "subject").orElseGet(Json.Null::new);
    if (listed instanceof Json.Null) {
      return List.of();
    }
    if (!(listed instanceof Json.Arr(var elements))) {
      throw undecodable("subject is no list", Optional.empty());
    }
    return elements.stream().map(BundleEntry::subject).toList();
  }

  private static ResultAttestation.Subject subject(Json element) {
    if (!(element instanceof Json.Obj subject)) {
      throw undecodable("a subject is no object", Optional.empty());
    }
    var digests = new ArrayList<String>();
    if (member(subject, "digest").orElseGet(Json.Null::new) instanceof Json.Obj map) {
      map.members()
          .keySet()
          .forEach(algorithm -> digests.add(algorithm + ":" + text(map, algorithm)));
    }
    return new ResultAttestation.Subject(false, digests, text(subject, "name"));
  }
}
