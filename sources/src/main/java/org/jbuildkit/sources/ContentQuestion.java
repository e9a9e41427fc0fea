package org.jbuildkit.sources;

import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Map;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Digest;
import org.jbuildkit.engine.Source;
import org.jbuildkit.store.Ref;

/** Digests the one file of a tree with something added at its end. */
final class ContentQuestion {
  private static final int BUFFER = 1 << 16;
  private static final Map<String, String> ALGORITHMS =
      Map.of("sha256", "SHA-256", "sha384", "SHA-384", "sha512", "SHA-512");

  private ContentQuestion() {}

  static Digest answer(Ref tree, Source.ChecksumQuestion question)
      throws IOException, InterruptedException {
    var hash = hash(question.algorithm());
    try (var mounted = tree.mount();
        var root = mounted.open();
        var file = root.openRead(root.list().getFirst().name())) {
      var in = file.input(false);
      var buffer = new byte[BUFFER];
      int count;
      while ((count = in.read(buffer)) >= 0) {
        hash.update(buffer, 0, count);
      }
    }
    hash.update(question.suffix());
    return Digest.ofRaw(question.algorithm(), hash.digest());
  }

  private static MessageDigest hash(String algorithm) {
    try {
      return MessageDigest.getInstance(ALGORITHMS.getOrDefault(algorithm, algorithm));
    } catch (NoSuchAlgorithmException e) {
      throw BuildException.failed("unsupported checksum algorithm: " + algorithm, e);
    }
  }
}
