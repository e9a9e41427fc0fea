package org.jbuildkit.exporters.statement;

import org.jbuildkit.base.BuildException;

/** Names of elements and of people in lists of software, as peers spell them. */
final class SpdxNames {
  private static final String ELEMENT = "SPDXRef-";
  private static final String DOCUMENT = "DocumentRef-";
  private static final String UNKNOWN = "NOASSERTION";

  private SpdxNames() {}

  /** An element of the document: what stands before its prefix does not count. */
  static String element(String text) {
    return prefixed(after(ELEMENT, text), ELEMENT);
  }

  private static String after(String prefix, String text) {
    int at = text.indexOf(prefix);
    if (at < 0) {
      throw new IllegalArgumentException("failed to parse SPDX identifier '" + text + "'");
    }
    return text.substring(at + prefix.length());
  }

  private static String prefixed(String text, String prefix) {
    return text.startsWith(ELEMENT) ? text : prefix + text;
  }

  /** An element of this or another document, or none. */
  static String reference(String text) {
    if (text.equals("NONE") || text.equals(UNKNOWN)) {
      return text;
    }
    if (!text.startsWith(DOCUMENT)) {
      return element(text);
    }
    int colon = text.indexOf(':');
    if (colon < 0) {
      throw missing();
    }
    var document = after(DOCUMENT, text.substring(0, colon));
    return prefixed(document, DOCUMENT) + ":" + element(text.substring(colon + 1));
  }

  /** The kind of a creator, and its name. */
  static String creator(String text) {
    return kindAndName("Creator", text);
  }

  /** The kind of a person or program, and its name. */
  static String annotator(String text) {
    return kindAndName("Annotator", text);
  }

  /** The kind of a supplier, and its name, if it is known. */
  static String supplier(String text) {
    return text.equals(UNKNOWN) ? text : kindAndName("Supplier", text);
  }

  /** As {@link #supplier}; a blank may be missing. */
  static String originator(String text) {
    if (text.equals(UNKNOWN)) {
      return text;
    }
    int colon = text.indexOf(':');
    if (colon < 0) {
      throw new IllegalArgumentException("failed to parse Originator '" + text + "'");
    }
    return text.substring(0, colon) + ": " + text.substring(colon + 1).stripLeading();
  }

  private static String kindAndName(String what, String text) {
    if (!text.contains(": ")) {
      throw new IllegalArgumentException("failed to parse " + what + " '" + text + "'");
    }
    return text;
  }

  static BuildException missing() {
    return BuildException.failed(
        "unable to encode spdx: json: error calling MarshalJSON for type *common.DocElementID:"
            + " failed to marshal empty DocElementID");
  }
}
