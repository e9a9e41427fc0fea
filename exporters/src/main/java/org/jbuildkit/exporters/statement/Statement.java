package org.jbuildkit.exporters.statement;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Digest;
import org.jbuildkit.base.GoQuote;
import org.jbuildkit.base.Json;
import org.jbuildkit.engine.ResultAttestation;
import org.jbuildkit.protocol.keys.AttestationKeys;

/**
 * One statement about a result.
 *
 * @param path of the file that it would be
 * @param metadata of the attestation that it comes from
 * @param subjects what it is about; the result itself if there are none
 * @param predicate JSON as it is spelled, compact
 */
public record Statement(
    String path,
    Map<String, byte[]> metadata,
    String predicateType,
    List<ResultAttestation.Subject> subjects,
    String predicate) {
  private static final String TYPE = "https://in-toto.io/Statement/v1";
  private static final String NAMELESS = "_";

  public Statement {
    subjects = List.copyOf(subjects);
  }

  /** A part of a result by its name there. */
  public record Self(String name, Digest digest) {}

  /** Whether a scanner made it of the result itself, not of what the result was made with. */
  public boolean isCore() {
    var core = metadata.get(AttestationKeys.SBOM_CORE);
    return core != null && path.split("\\.", 2)[0].equals(new String(core, StandardCharsets.UTF_8));
  }

  public Statement withPredicate(String changed) {
    return new Statement(path, metadata, predicateType, subjects, changed);
  }

  /**
   * The document, compact.
   *
   * @param selves what the result consists of
   */
  public byte[] about(List<Self> selves) {
    return text(selves).getBytes(StandardCharsets.UTF_8);
  }

  /** As {@link #about}, laid out in lines. */
  public byte[] indentedAbout(List<Self> selves) {
    return RawJson.indent(text(selves)).getBytes(StandardCharsets.UTF_8);
  }

  private String text(List<Self> selves) {
    var head =
        Json.object()
            .put("_type", TYPE)
            .put("predicateType", predicateType)
            .put("subject", new Json.Arr(resolved(selves)))
            .build()
            .write();
    // The predicate keeps its own spelling.
    return head.substring(0, head.length() - 1) + ",\"predicate\":" + predicate + "}";
  }

  private List<Json> resolved(List<Self> selves) {
    var all = new ArrayList<Json>();
    var wanted =
        subjects.isEmpty()
            ? List.of(new ResultAttestation.Subject(true, List.of(), NAMELESS))
            : subjects;
    for (var subject : wanted) {
      boolean hasName = !subject.name().isEmpty() && !subject.name().equals(NAMELESS);
      if (!subject.isSelf()) {
        var digests = new TreeMap<String, String>();
        subject.digests().forEach(digest -> add(digest, digests));
        all.add(subject(hasName ? subject.name() : NAMELESS, digests));
        continue;
      }
      for (var self : selves) {
        var digests = Map.of(self.digest().algorithm(), self.digest().hex());
        all.add(subject(self.name(), digests));
        if (hasName) {
          all.add(subject(subject.name(), digests));
        }
      }
    }
    return all;
  }

  private static void add(String digest, Map<String, String> digests) {
    int colon = digest.indexOf(':');
    if (colon < 0) {
      throw BuildException.failed("invalid digest of a subject: " + GoQuote.quote(digest));
    }
    digests.put(digest.substring(0, colon), digest.substring(colon + 1));
  }

  private static Json subject(String name, Map<String, String> digests) {
    return Json.object().put("name", name).put("digest", Json.ofMap(digests)).build();
  }
}
