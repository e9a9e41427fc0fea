package org.jbuildkit.exporters.statement;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jbuildkit.base.Json;

/** Versions of lists of software that peers read, with what they make of older ones. */
enum SpdxVersion {
  V2_1("SPDX-2.1"),
  V2_2("SPDX-2.2"),
  V2_3("SPDX-2.3");

  private static final List<String> FILES = List.of("artifactofs", "filedependencies");
  private static final List<String> PACKAGES =
      List.of("primarypackagepurpose", "releasedate", "builtdate", "validuntildate");

  private final String text;

  SpdxVersion(String text) {
    this.text = text;
  }

  /** The version that a document says it is of, if peers know it. */
  static Optional<SpdxVersion> of(Json.Obj document) {
    var said = SpdxType.member(document, "spdxVersion");
    return List.of(values()).stream()
        .filter(version -> said.equals(Optional.of(Json.of(version.text))))
        .findFirst();
  }

  /** Whether short forms of relationships count. */
  boolean hasShortRelationships() {
    return this != V2_1;
  }

  /** The document as one of the newest version. */
  Json.Obj upgraded(Json.Obj document) {
    if (this == V2_3) {
      return document;
    }
    var files = each(document, "files", this::file);
    var upgraded = new LinkedHashMap<>(each(files, "packages", this::software).members());
    upgraded.keySet().removeIf(name -> name.equalsIgnoreCase("spdxVersion"));
    upgraded.put("spdxVersion", Json.of(V2_3.text));
    return new Json.Obj(upgraded);
  }

  private Json.Obj file(Json.Obj file) {
    return without(file, FILES);
  }

  private Json.Obj software(Json.Obj software) {
    var files = each(without(software, PACKAGES), "files", this::file);
    var members = new LinkedHashMap<>(files.members());
    if (isMissing(files, "packageVerificationCode")) {
      members.put("packageVerificationCode", Json.object().build());
    }
    if (this == V2_1 && isMissing(files, "filesAnalyzed")) {
      members.put("filesAnalyzed", Json.of(false));
    }
    return new Json.Obj(members);
  }

  private static boolean isMissing(Json.Obj object, String name) {
    return SpdxType.member(object, name).filter(value -> !(value instanceof Json.Null)).isEmpty();
  }

  /** Peers forget these of older documents. */
  private Json.Obj without(Json.Obj object, List<String> names) {
    var members = new LinkedHashMap<>(object.members());
    members.keySet().removeIf(name -> names.contains(name.toLowerCase(Locale.ROOT)));
    if (this == V2_1) {
      members.keySet().removeIf(name -> name.equalsIgnoreCase("attributionTexts"));
    }
    return new Json.Obj(members);
  }

  /** The object with all objects of a list changed. */
  static Json.Obj each(Json.Obj object, String list, UnaryOperator<Json.Obj> change) {
    if (!(SpdxType.member(object, list).orElseGet(Json.Null::new) instanceof Json.Arr(var all))) {
      return object;
    }
    var changed =
        all.stream().map(one -> one instanceof Json.Obj part ? change.apply(part) : one).toList();
    var members = new LinkedHashMap<>(object.members());
    members.keySet().removeIf(name -> name.equalsIgnoreCase(list) && !name.equals(list));
    members.put(list, new Json.Arr(changed));
    return new Json.Obj(members);
  }
}
