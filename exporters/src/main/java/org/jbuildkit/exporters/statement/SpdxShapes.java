package org.jbuildkit.exporters.statement;

import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jbuildkit.exporters.statement.SpdxType.ListOf;
import org.jbuildkit.exporters.statement.SpdxType.Member;
import org.jbuildkit.exporters.statement.SpdxType.Name;
import org.jbuildkit.exporters.statement.SpdxType.Plain;
import org.jbuildkit.exporters.statement.SpdxType.Shape;
import org.jbuildkit.exporters.statement.SpdxType.Text;

/** The objects of lists of software of version 2.3, with their members in the order written. */
final class SpdxShapes {
  private static final SpdxType TEXT = new Text(UnaryOperator.identity());

  /** An element of the document. */
  static final SpdxType ELEMENT = new Name(Optional.of("SPDXRef-"), false, SpdxNames::element);

  /** An element of this or another document. */
  static final SpdxType REFERENCE = new Name(Optional.empty(), false, SpdxNames::reference);

  private static final SpdxType CREATOR = new Name(Optional.of(""), false, SpdxNames::creator);

  private static final SpdxType ANNOTATOR = new Name(Optional.of(""), false, SpdxNames::annotator);

  private static final SpdxType SUPPLIER = new Name(Optional.of(""), true, SpdxNames::supplier);

  private static final SpdxType ORIGINATOR = new Name(Optional.of(""), true, SpdxNames::originator);

  private static final SpdxType TEXTS = new ListOf(TEXT);

  private static final Shape CHECKSUM =
      Shape.whole(must("algorithm", TEXT), must("checksumValue", TEXT));

  private static final SpdxType CHECKSUMS = new ListOf(CHECKSUM);

  private static final Shape ANNOTATION =
      Shape.of(
          must("annotator", ANNOTATOR),
          must("annotationDate", TEXT),
          must("annotationType", TEXT),
          must("comment", TEXT));

  private static final SpdxType ANNOTATIONS = new ListOf(ANNOTATION);

  private static final Shape PROJECT =
      Shape.of(must("name", TEXT), must("homePage", TEXT), must("URI", TEXT));

  static final Shape FILE =
      Shape.of(
          must("fileName", TEXT),
          must("SPDXID", ELEMENT),
          may("fileTypes", TEXTS),
          must("checksums", CHECKSUMS),
          may("licenseConcluded", TEXT),
          may("licenseInfoInFiles", TEXTS),
          may("licenseComments", TEXT),
          must("copyrightText", TEXT),
          may("artifactOfs", new ListOf(PROJECT)),
          may("comment", TEXT),
          may("noticeText", TEXT),
          may("fileContributors", TEXTS),
          may("attributionTexts", TEXTS),
          may("fileDependencies", TEXTS),
          may("annotations", ANNOTATIONS));

  private static final Shape VERIFICATION =
      Shape.of(
          must("packageVerificationCodeValue", TEXT),
          may("packageVerificationCodeExcludedFiles", TEXTS));

  private static final Shape EXTERNAL =
      Shape.of(
          must("referenceCategory", new Text(text -> text.replace('_', '-'))),
          must("referenceType", TEXT),
          must("referenceLocator", TEXT),
          may("comment", TEXT));

  static final Shape PACKAGE =
      Shape.of(
          must("name", TEXT),
          must("SPDXID", ELEMENT),
          may("versionInfo", TEXT),
          may("packageFileName", TEXT),
          may("supplier", SUPPLIER),
          may("originator", ORIGINATOR),
          must("downloadLocation", TEXT),
          must("filesAnalyzed", Plain.FLAG),
          may("packageVerificationCode", VERIFICATION),
          may("checksums", CHECKSUMS),
          may("homepage", TEXT),
          may("sourceInfo", TEXT),
          may("licenseConcluded", TEXT),
          may("licenseInfoFromFiles", TEXTS),
          may("licenseDeclared", TEXT),
          may("licenseComments", TEXT),
          may("copyrightText", TEXT),
          may("summary", TEXT),
          may("description", TEXT),
          may("comment", TEXT),
          may("externalRefs", new ListOf(EXTERNAL)),
          may("attributionTexts", TEXTS),
          may("primaryPackagePurpose", TEXT),
          may("releaseDate", TEXT),
          may("builtDate", TEXT),
          may("validUntilDate", TEXT),
          may("files", new ListOf(FILE)),
          may("annotations", ANNOTATIONS));

  static final Shape RELATIONSHIP =
      Shape.of(
          must("spdxElementId", REFERENCE),
          must("relatedSpdxElement", REFERENCE),
          must("relationshipType", TEXT),
          may("comment", TEXT));

  private static final Shape POINTER =
      Shape.whole(
          may("offset", Plain.NUMBER), may("lineNumber", Plain.NUMBER), must("reference", ELEMENT));

  private static final Shape SNIPPET =
      Shape.whole(
          must("SPDXID", ELEMENT),
          must("snippetFromFile", ELEMENT),
          must(
              "ranges",
              new ListOf(Shape.whole(must("startPointer", POINTER), must("endPointer", POINTER)))),
          may("licenseConcluded", TEXT),
          may("licenseInfoInSnippets", TEXTS),
          may("licenseComments", TEXT),
          must("copyrightText", TEXT),
          may("comment", TEXT),
          may("name", TEXT));

  private static final Shape LICENSE =
      Shape.of(
          must("licenseId", TEXT),
          must("extractedText", TEXT),
          may("name", TEXT),
          may("seeAlsos", TEXTS),
          may("comment", TEXT));

  static final Shape CREATION =
      Shape.of(
          may("licenseListVersion", TEXT),
          must("creators", new ListOf(CREATOR)),
          must("created", TEXT),
          may("comment", TEXT));

  static final Shape DOCUMENT =
      Shape.of(
          must("spdxVersion", TEXT),
          must("dataLicense", TEXT),
          must("SPDXID", ELEMENT),
          must("name", TEXT),
          must("documentNamespace", TEXT),
          may(
              "externalDocumentRefs",
              new ListOf(
                  Shape.whole(
                      must("externalDocumentId", TEXT),
                      must("spdxDocument", TEXT),
                      must("checksum", CHECKSUM)))),
          may("comment", TEXT),
          must("creationInfo", CREATION),
          may("packages", new ListOf(PACKAGE)),
          may("files", new ListOf(FILE)),
          may("hasExtractedLicensingInfos", new ListOf(LICENSE)),
          may("relationships", new ListOf(RELATIONSHIP)),
          may("annotations", ANNOTATIONS),
          may("snippets", new ListOf(SNIPPET)));

  private SpdxShapes() {}

  private static Member must(String name, SpdxType type) {
    return new Member(name, type, false);
  }

  /** Left out where it is empty. */
  private static Member may(String name, SpdxType type) {
    return new Member(name, type, true);
  }
}
