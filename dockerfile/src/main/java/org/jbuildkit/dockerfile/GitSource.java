package org.jbuildkit.dockerfile;

import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jbuildkit.llb.GitReference;
import org.jbuildkit.llb.LlbEdge;
import org.jbuildkit.llb.Ops;

/** Vertices of Git repositories. */
final class GitSource {
  private GitSource() {}

  /**
   * @param client is asked for the keys of SSH servers
   * @param checksum the commit expected, or empty
   * @param mtime what files are dated by: {@code commit}, or empty
   */
  static LlbEdge of(
      FrontendClient client,
      GitReference git,
      boolean keepsGitDir,
      String checksum,
      String mtime,
      Ops.About about) {
    var attributes = new TreeMap<String, String>();
    var capabilities = new TreeSet<String>();
    capabilities.add("source.git");
    attributes.put("git.authheadersecret", "GIT_AUTH_HEADER");
    attributes.put("git.authtokensecret", "GIT_AUTH_TOKEN");
    attributes.put("git.fullurl", git.remote());
    capabilities.add("source.git.fullurl");
    if (keepsGitDir) {
      attributes.put("git.keepgitdir", "true");
      capabilities.add("source.git.keepgitdir");
    }
    if (!checksum.isEmpty()) {
      attributes.put("git.checksum", checksum);
      capabilities.add("source.git.checksum");
    }
    if (!git.submodules().orElse(true)) {
      attributes.put("git.skipsubmodules", "true");
      capabilities.add("source.git.skipsubmodules");
    }
    if (git.fetchByCommit().orElse(false)) {
      attributes.put("git.fetchbycommit", "true");
      capabilities.add("source.git.fetchbycommit");
    }
    if (!mtime.isEmpty()) {
      attributes.put("git.mtime", mtime);
      capabilities.add("source.git.mtime");
    }
    if (git.isSsh()) {
      attributes.put("git.mountsshsock", "default");
      capabilities.add("source.git.mountsshsock");
      client.hostKey(git.host()).ifPresent(key -> attributes.put("git.knownsshhosts", key));
      capabilities.add("source.git.knownsshhosts");
    }
    return Ops.source(
        git.identifier(), attributes, Optional.empty(), List.copyOf(capabilities), about);
  }
}
