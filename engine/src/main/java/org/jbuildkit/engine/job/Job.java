package org.jbuildkit.engine.job;

import java.util.Set;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.engine.progress.JobProgress;
import org.jbuildkit.engine.provenance.BuildNotes;
import org.jbuildkit.solver.Participant;

/** One client's build: its id, its session, what it may do, and its progress. */
public final class Job implements Participant {
  private final String id;
  private final String sessionId;
  private final Set<String> entitlements;
  private final JobProgress progress;
  private final KeptTrees failed = new KeptTrees();
  private final BuildNotes notes = new BuildNotes();
  private final Findings findings = new Findings();

  /**
   * @param id chosen by the client
   * @param sessionId the session that serves the build, or empty
   * @param entitlements granted privileges
   */
  public Job(String id, String sessionId, Set<String> entitlements, JobProgress progress) {
    this.id = id;
    this.sessionId = sessionId;
    this.entitlements = Set.copyOf(entitlements);
    this.progress = progress;
  }

  @Override
  public String id() {
    return id;
  }

  public String sessionId() {
    return sessionId;
  }

  public Set<String> entitlements() {
    return entitlements;
  }

  /**
   * Refuses what the build was not granted.
   *
   * @throws BuildException {@code network.host is not allowed}
   */
  public void require(String entitlement) {
    if (!entitlements.contains(entitlement)) {
      throw BuildException.invalid(entitlement + " is not allowed");
    }
  }

  public JobProgress progress() {
    return progress;
  }

  /** What failed steps left. */
  public KeptTrees failed() {
    return failed;
  }

  /** What is told later of how the build was made. */
  public BuildNotes notes() {
    return notes;
  }

  /** What it learned of the world outside. */
  public Findings findings() {
    return findings;
  }

  @Override
  public String toString() {
    return "job " + id;
  }
}
