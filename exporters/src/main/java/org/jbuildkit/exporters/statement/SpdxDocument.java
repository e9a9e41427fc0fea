package org.jbuildkit.exporters.statement;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.jbuildkit.base.Digest;
import org.jbuildkit.base.Json;

/** A list of software, completed with what only the maker of an image knows. */
public final class SpdxDocument {
  private static final String RELATIONSHIPS = "relationships";

  private SpdxDocument() {}

  /** Knows which layer of an image a file is in. */
  @FunctionalInterface
  public interface Layers {
    /** The topmost layer that has the file. */
    Optional<Digest> of(String path) throws IOException;
  }

  /**
   * The document with the layers of its files and one more tool among its creators, in the form of
   * version 2.3.
   *
   * @param daemon its version
   * @return nothing for documents of other forms, which are to stay as they are
   */
  public static Optional<String> completed(String document, Layers layers, String daemon)
      throws IOException {
    Json.Obj read;
    try {
      if (!(Json.parse(document) instanceof Json.Obj given)) {
        return Optional.empty();
      }
      var version = SpdxVersion.of(given);
      if (version.isEmpty()) {
        return Optional.empty();
      }
      var upgraded = version.get().upgraded(given);
      boolean hasShort = version.get().hasShortRelationships();
      read = SpdxShapes.DOCUMENT.read(hasShort ? withRelationships(upgraded) : upgraded);
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
    var members = new LinkedHashMap<>(read.members());
    members.put("creationInfo", created(read.object("creationInfo"), daemon));
    if (members.get("files") instanceof Json.Arr(var files)) {
      members.put("files", files(files, layers));
    }
    if (members.get("packages") instanceof Json.Arr(var packages)) {
      members.put("packages", packages(packages, layers));
    }
    return Optional.of(new Json.Obj(members).write());
  }

  private static Json created(Json.Obj creation, String daemon) {
    var creators = new ArrayList<>(creation.array("creators"));
    creators.add(Json.of("Tool: buildkit-" + daemon));
    var changed = new LinkedHashMap<>(creation.members());
    changed.put("creators", new Json.Arr(creators));
    changed.putIfAbsent("created", Json.of(""));
    return new Json.Obj(changed);
  }

  private static Json packages(List<Json> packages, Layers layers) throws IOException {
    var changed = new ArrayList<Json>();
    for (var one : packages) {
      if (one instanceof Json.Obj software && software.get("files").isPresent()) {
        var members = new LinkedHashMap<>(software.members());
        members.put("files", files(software.array("files"), layers));
        changed.add(new Json.Obj(members));
      } else {
        changed.add(one);
      }
    }
    return new Json.Arr(changed);
  }

  private static Json files(List<Json> files, Layers layers) throws IOException {
    var changed = new ArrayList<Json>();
    for (var one : files) {
      changed.add(one instanceof Json.Obj file ? file(file, layers) : one);
    }
    return new Json.Arr(changed);
  }

  /** Comments of others stay. */
  private static Json.Obj file(Json.Obj file, Layers layers) throws IOException {
    if (!file.text("comment").isEmpty()) {
      return file;
    }
    var layer = layers.of(file.text("fileName"));
    if (layer.isEmpty()) {
      return file;
    }
    var members = new LinkedHashMap<>(file.members());
    members.put("comment", Json.of("layerID: " + layer.get()));
    return SpdxShapes.FILE.ordered(members);
  }

  /** Two short forms of relationships become such as all others, unless these are there already. */
  private static Json.Obj withRelationships(Json.Obj given) {
    var all = new ArrayList<Json>();
    var known = new HashSet<String>();
    for (var one : list(given, RELATIONSHIPS)) {
      if (!(one instanceof Json.Null)) {
        all.add(one);
        known.add(key(one));
      }
    }
    var added = new ArrayList<Json>();
    for (var id : list(given, "documentDescribes")) {
      added.add(relationship(given, "DESCRIBES", id));
    }
    for (var one : list(given, "packages")) {
      if (one instanceof Json.Obj software) {
        list(software, "hasFiles").forEach(id -> added.add(relationship(software, "CONTAINS", id)));
      }
    }
    for (var relationship : added) {
      if (known.add(key(relationship))) {
        all.add(relationship);
      }
    }
    var members = new LinkedHashMap<>(given.members());
    members.keySet().removeIf(name -> name.equalsIgnoreCase(RELATIONSHIPS));
    members.put(RELATIONSHIPS, new Json.Arr(all));
    return new Json.Obj(members);
  }

  private static List<Json> list(Json.Obj object, String name) {
    return SpdxType.member(object, name).orElseGet(Json.Null::new) instanceof Json.Arr(var elements)
        ? elements
        : List.of();
  }

  private static Json relationship(Json.Obj from, String type, Json to) {
    return Json.object()
        .put("spdxElementId", SpdxType.member(from, "SPDXID").orElseGet(SpdxShapes.ELEMENT::absent))
        .put("relatedSpdxElement", to)
        .put("relationshipType", type)
        .build();
  }

  /** The same for both directions of a relationship. */
  private static String key(Json given) {
    var relationship = SpdxShapes.RELATIONSHIP.readObject(given);
    var from = relationship.text("spdxElementId");
    var to = relationship.text("relatedSpdxElement");
    return switch (relationship.text("relationshipType")) {
      case "CONTAINED_BY" -> to + "-CONTAINS->" + from;
      case "DESCRIBED_BY" -> to + "-DESCRIBES->" + from;
      case String type -> from + "-" + type + "->" + to;
    };
  }
}
