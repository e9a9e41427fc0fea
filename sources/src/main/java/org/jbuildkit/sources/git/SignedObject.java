package org.jbuildkit.sources.git;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.List;

/**
 * A commit or tag, taken apart.
 *
 * @param data what was signed
 * @param signature armored; empty if there is none
 */
record SignedObject(byte[] data, String signature) {
  private static final List<String> HEADERS = List.of("gpgsig ", "gpgsig-sha256 ");
  private static final List<String> BEGINNINGS =
      List.of("-----BEGIN PGP SIGNATURE-----", "-----BEGIN SSH SIGNATURE-----");

  boolean isSigned() {
    return !signature.isEmpty();
  }

  /** A commit has its signature in a header, whose further lines begin with a blank. */
  static SignedObject ofCommit(byte[] object) {
    var text = new String(object, ISO_8859_1);
    int end = text.indexOf("\n\n");
    var head = end < 0 ? text : text.substring(0, end + 1);
    var data = new StringBuilder();
    var signature = new StringBuilder();
    boolean inSignature = false;
    boolean isDropped = false;
    for (var line : head.split("(?<=\n)", -1)) {
      var start = HEADERS.stream().filter(line::startsWith).findFirst();
      if (start.isPresent()) {
        // A second one is of another hash, and no part of what the first one signs.
        isDropped = !signature.isEmpty();
        inSignature = true;
        signature.append(isDropped ? "" : line.substring(start.get().length()));
      } else if (inSignature && line.startsWith(" ")) {
        signature.append(isDropped ? "" : line.substring(1));
      } else {
        inSignature = false;
        data.append(line);
      }
    }
    data.append(end < 0 ? "" : text.substring(end + 1));
    return new SignedObject(data.toString().getBytes(ISO_8859_1), signature.toString());
  }

  /** A tag has its signature at the end of its message. */
  static SignedObject ofTag(byte[] object) {
    var text = new String(object, ISO_8859_1);
    for (var beginning : BEGINNINGS) {
      int start = text.indexOf("\n" + beginning);
      if (start >= 0) {
        var data = text.substring(0, start + 1).getBytes(ISO_8859_1);
        return new SignedObject(data, text.substring(start + 1));
      }
    }
    return new SignedObject(object, "");
  }
}
