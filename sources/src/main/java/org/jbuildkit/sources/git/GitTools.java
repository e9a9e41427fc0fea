package org.jbuildkit.sources.git;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.jbuildkit.engine.job.Job;
import org.jbuildkit.session.SessionRegistry;
import org.jbuildkit.solver.OpContext;
import org.jbuildkit.sources.BlobOrigin;
import org.jbuildkit.store.RefStore;

/** What all requests work with. */
record GitTools(
    GitProgram program,
    SessionRegistry sessions,
    RefStore refs,
    BlobOrigin blobs,
    SharedRepositories repositories,
    RemoteLocks locks,
    Path scratch,
    Clock clock) {

  /** What the clients that want the work lend for it; the caller closes it. */
  GitAccess access(GitRequest request, OpContext<Job> context)
      throws IOException, InterruptedException {
    program.require();
    return GitAccess.open(request, sessions, sessionIds(context), scratch);
  }

  private static List<String> sessionIds(OpContext<Job> context) {
    return context.participants().stream()
        .map(Job::sessionId)
        .filter(id -> !id.isEmpty())
        .distinct()
        .toList();
  }

  GitRunner runner(GitRequest request, GitAccess access, OpContext<Job> context) {
    return GitRunner.of(program, access, request.remote(), context.report());
  }
}
