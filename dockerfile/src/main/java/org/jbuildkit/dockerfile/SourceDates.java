package org.jbuildkit.dockerfile;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Digest;
import org.jbuildkit.base.Shared;
import org.jbuildkit.llb.Definitions;
import org.jbuildkit.llb.LlbEdge;
import org.jbuildkit.llb.LlbVertex;
import org.jbuildkit.llb.LoadedGraph;
import org.jbuildkit.oci.Decompression;
import org.jbuildkit.oci.layer.TarEntry;
import org.jbuildkit.oci.layer.TarReader;
import org.jbuildkit.protocol.pb.SourceOp;

/**
 * Dates of trees that are made from one repository or one file on a server. Each is asked for once
 * however often a file is converted. For several threads.
 */
final class SourceDates {
  private final FrontendClient client;
  private final Map<Digest, Shared<Optional<Instant>>> known = new ConcurrentHashMap<>();

  SourceDates(FrontendClient client) {
    this.client = client;
  }

  /**
   * When a tree's one source was made.
   *
   * @param logName the progress vertex's name
   * @return nothing for other trees, and where nobody knows
   */
  Optional<Instant> of(LlbEdge tree, String logName) throws InterruptedException {
    var sources = sources(tree);
    if (sources.size() != 1) {
      return Optional.empty();
    }
    var source = sources.iterator().next().output(0);
    var op = op(source);
    boolean isWeb = op.getIdentifier().matches("(?s)https?://.*");
    if (!isWeb && !op.getIdentifier().startsWith("git://")) {
      return Optional.empty();
    }
    return known
        .computeIfAbsent(
            source.vertex().digest(),
            _ -> new Shared<>(logName, () -> date(source, op, isWeb, logName)))
        .await();
  }

  private static Set<LlbVertex> sources(LlbEdge tree) {
    var found = new LinkedHashSet<LlbVertex>();
    var seen = new HashSet<Digest>();
    var pending = new ArrayDeque<>(Set.of(tree));
    while (!pending.isEmpty()) {
      var vertex = pending.poll().vertex();
      if (seen.add(vertex.digest())) {
        if (vertex.inputs().isEmpty() && !op(vertex.output(0)).getIdentifier().isEmpty()) {
          found.add(vertex);
        }
        pending.addAll(vertex.inputs());
      }
    }
    return found;
  }

  private static SourceOp op(LlbEdge vertex) {
    var definition = Definitions.marshal(Optional.of(vertex));
    return LoadedGraph.load(definition, o -> o).result().vertex().op().getSource();
  }

  private Optional<Instant> date(LlbEdge source, SourceOp op, boolean isWeb, String logName)
      throws InterruptedException {
    var told = client.date(source, logName);
    var file = op.getAttrsMap().getOrDefault("http.filename", "");
    if (told.isPresent() || !isWeb || file.isEmpty()) {
      return told;
    }
    var content = client.solve(Definitions.marshal(Optional.of(source))).readFile(file);
    return content.isEmpty() ? Optional.empty() : newest(content.get());
  }

  /** The date of the newest file in an archive; nothing for what is none. */
  static Optional<Instant> newest(byte[] archive) {
    Optional<Instant> newest = Optional.empty();
    try (var in = Decompression.open(new ByteArrayInputStream(archive))) {
      var tar = new TarReader(in);
      var entry = tar.next();
      while (entry.isPresent()) {
        if (entry.get().kind() == TarEntry.Kind.REGULAR) {
          var date = Instant.ofEpochSecond(entry.get().seconds());
          newest = newest.filter(date::isBefore).or(() -> Optional.of(date));
        }
        entry = tar.next();
      }
      return newest;
    } catch (IOException | BuildException | DateTimeException _) {
      return Optional.empty();
    }
  }
}
