package org.jbuildkit.benchmarks.soak;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jbuildkit.base.RandomId;
import org.jbuildkit.client.BuildRunner;
import org.jbuildkit.client.BuildSpec;
import org.jbuildkit.client.DaemonConnection;
import org.jbuildkit.llb.Definitions;
import org.jbuildkit.oci.layer.TarEntry;
import org.jbuildkit.oci.layer.TarReader;
import org.jbuildkit.session.attach.ExportDestination;
import org.jbuildkit.session.attach.ExportReceiver;

/** Builds one graph after another and reads the results. */
record Builder(DaemonConnection connection) {

  /** The files of the result, without the shell. */
  SortedMap<String, String> build(Tree tree) throws IOException, InterruptedException {
    var archive = new ByteArrayOutputStream();
    var receiver = new ExportReceiver(Map.of(0, new ExportDestination.ToStream(_ -> archive)));
    var spec =
        new BuildSpec(
            RandomId.next(),
            "",
            new LinkedHashMap<>(),
            Optional.of(Definitions.marshal(Optional.of(tree.edge()))),
            List.of(new BuildSpec.Endpoint("tar", new LinkedHashMap<>())),
            List.of(),
            List.of(),
            List.of(),
            Optional.empty(),
            false,
            false,
            "",
            List.of(receiver));
    var _ = new BuildRunner(connection).run(spec, _ -> {});
    return files(archive.toByteArray());
  }

  private static SortedMap<String, String> files(byte[] archive) throws IOException {
    var files = new TreeMap<String, String>();
    var reader = new TarReader(new ByteArrayInputStream(archive));
    for (var entry = reader.next(); entry.isPresent(); entry = reader.next()) {
      var name = "/" + entry.get().name();
      if (entry.get().kind() == TarEntry.Kind.REGULAR && !name.equals(RandomGraph.SHELL)) {
        files.put(name, content(reader, entry.get().size()));
      }
    }
    return files;
  }

  private static String content(TarReader reader, long size) throws IOException {
    var bytes = new byte[(int) size];
    int done = 0;
    while (done < bytes.length) {
      int n = reader.read(bytes, done, bytes.length - done);
      if (n < 0) {
        throw new IOException("an entry ends early");
      }
      done += n;
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
