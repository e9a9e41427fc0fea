package org.jbuildkit.dockerfile;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jbuildkit.llb.Definitions;
import org.jbuildkit.llb.LlbEdge;
import org.jbuildkit.llb.LoadedGraph;
import org.jbuildkit.protocol.gateway.ResolveSourceGitRequest;
import org.jbuildkit.protocol.gateway.ResolveSourceMetaRequest;
import org.jbuildkit.protocol.gateway.ResolveSourceMetaResponse;

/** How a daemon is asked for the date of a repository's commit, or of a file on a server. */
public final class SourceDate {
  private static final Pattern COMMITTER =
      Pattern.compile("(?m)^committer .*> (-?[0-9]{1,18}) [+-][0-9]{4}$");

  private SourceDate() {}

  /** The question about a source. */
  public static ResolveSourceMetaRequest question(LlbEdge source, String logName) {
    var definition = Definitions.marshal(Optional.of(source));
    var op = LoadedGraph.load(definition, o -> o).result().vertex().op();
    return ResolveSourceMetaRequest.newBuilder()
        .setSource(op.getSource())
        .setLogName(logName)
        .setGit(ResolveSourceGitRequest.newBuilder().setReturnObject(true))
        .build();
  }

  /** The date in the answer, if there is one. */
  public static Optional<Instant> read(ResolveSourceMetaResponse answer) {
    if (answer.hasGit()) {
      return committed(answer.getGit().getCommitObject().toString(StandardCharsets.ISO_8859_1));
    }
    if (answer.hasHTTP() && answer.getHTTP().hasLastModified()) {
      return Optional.of(Instant.ofEpochSecond(answer.getHTTP().getLastModified().getSeconds()));
    }
    return Optional.empty();
  }

  private static Optional<Instant> committed(String commit) {
    int end = commit.indexOf("\n\n");
    var match = COMMITTER.matcher(end < 0 ? commit : commit.substring(0, end));
    try {
      return match.find()
          ? Optional.of(Instant.ofEpochSecond(Long.parseLong(match.group(1))))
          : Optional.empty();
    } catch (DateTimeException _) {
      return Optional.empty();
    }
  }
}
