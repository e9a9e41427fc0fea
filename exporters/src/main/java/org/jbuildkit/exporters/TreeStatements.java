package org.jbuildkit.exporters;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.base.Digest;
import org.jbuildkit.engine.ResultAttestation;
import org.jbuildkit.exporters.statement.Statement;
import org.jbuildkit.exporters.statement.Unbundling;
import org.jbuildkit.linux.Fd;
import org.jbuildkit.linux.OpenMode;
import org.jbuildkit.session.files.FileModes;
import org.jbuildkit.session.files.TreeEntries;

/** Files that state something of all files of a tree; they have no names of their own on disk. */
final class TreeStatements implements AutoCloseable {
  private final SequencedMap<ByteName, Fd> files = new LinkedHashMap<>();

  private TreeStatements() {}

  /** How the files are called: what stands before their names and before the last dot in them. */
  record Naming(String prefix, String infix) {
    private ByteName name(String path) {
      var name = prefix + path.substring(path.lastIndexOf('/') + 1);
      if (infix.isEmpty()) {
        return ByteName.ofText(name);
      }
      int dot = name.lastIndexOf('.');
      int end = dot > name.lastIndexOf('/') ? dot : name.length();
      return ByteName.ofText(name.substring(0, end) + "." + infix + name.substring(end));
    }
  }

  /**
   * Writes all statements that can be files.
   *
   * @param tree whose files they are about, from its beginning
   * @throws BuildException {@code duplicate attestation path name NAME}
   */
  static TreeStatements write(List<ResultAttestation> attested, Naming naming, TreeEntries tree)
      throws IOException, InterruptedException {
    var written = new TreeStatements();
    var statements = Unbundling.of(attested.stream().filter(one -> !one.isInlineOnly()).toList());
    if (statements.isEmpty()) {
      return written;
    }
    var selves = selves(tree);
    try {
      for (var statement : statements) {
        var name = naming.name(statement.path());
        if (written.files.containsKey(name)) {
          throw BuildException.failed("duplicate attestation path name " + name);
        }
        written.files.put(name, file(statement.indentedAbout(selves)));
      }
      return written;
    } catch (IOException | RuntimeException e) {
      written.close();
      throw e;
    }
  }

  private static List<Statement.Self> selves(TreeEntries tree) throws IOException {
    var selves = new ArrayList<Statement.Self>();
    var known = new HashMap<ByteName, Digest>();
    for (var entry = tree.next(); entry.isPresent(); entry = tree.next()) {
      var stat = entry.get();
      if (!FileModes.isRegular(stat)) {
        continue;
      }
      var path = FileModes.path(stat);
      var digest = known.get(ByteName.of(stat.getLinkname().toByteArray()));
      if (digest == null) {
        digest = digest(tree, path);
      }
      known.put(path, digest);
      selves.add(new Statement.Self(path.toString(), digest));
    }
    return selves;
  }

  private static Digest digest(TreeEntries tree, ByteName path) throws IOException {
    try (var file = tree.open(path);
        var in = file.input(false)) {
      var hasher = new Digest.Hasher();
      var buffer = new byte[128 * 1024];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        hasher.update(buffer, 0, n);
      }
      return hasher.finish();
    }
  }

  private static Fd file(byte[] bytes) throws IOException {
    var path = Files.createTempFile("statement", ".json");
    try {
      var file = Fd.open(path.toString(), OpenMode.READ_WRITE, 0);
      file.write(bytes, 0, bytes.length);
      return file;
    } finally {
      Files.delete(path);
    }
  }

  /** The tree's entries from their beginning, with the statements among them. */
  TreeEntries among(TreeEntries tree, long nanos) throws IOException {
    return files.isEmpty() ? tree : new StatementEntries(tree, files, nanos);
  }

  @Override
  public void close() {
    files.values().forEach(Fd::close);
  }
}
