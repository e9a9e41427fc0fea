package org.jbuildkit.sources.git;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.GoQuote;

/** Finds out what a request's ref stands for; asks the remote only where that must be. */
record GitResolution(GitRequest request) {
  private static final Pattern BRANCH = Pattern.compile("refs/heads/(\\S+)");
  private static final String HEADS = "refs/heads/";
  private static final String TAGS = "refs/tags/";

  /** Asks git. */
  @FunctionalInterface
  interface Asking {
    GitRevision of(GitResolution resolution) throws IOException, InterruptedException;
  }

  /**
   * The revision.
   *
   * @param remote answers what the request itself does not say
   * @throws BuildException {@code expected checksum to match …} and the like
   */
  GitRevision resolve(Asking remote) throws IOException, InterruptedException {
    request.requireSensibleChecksum();
    var ref = request.ref();
    if (GitRequest.isCommit(ref)) {
      return checkedCommit(ref);
    }
    if (request.isFetchedByCommit()) {
      return byCommit();
    }
    if (request.bundle().isPresent() && ref.isEmpty()) {
      return checkedCommit(request.checksum());
    }
    return remote.of(this);
  }

  private GitRevision checkedCommit(String commit) {
    if (!commit.startsWith(request.checksum())) {
      throw mismatch(commit);
    }
    return GitRevision.ofCommit(commit);
  }

  private GitRevision byCommit() {
    if (request.checksum().isEmpty()) {
      throw BuildException.invalid("fetch-by-commit requires a checksum or a commit SHA ref");
    }
    if (!GitRequest.isCommit(request.checksum())) {
      throw BuildException.invalid(
          "fetch-by-commit requires a full commit SHA checksum, got "
              + GoQuote.quote(request.checksum()));
    }
    var ref = request.ref();
    var full = ref.startsWith("refs/") || ref.isEmpty() ? ref : HEADS + ref;
    return new GitRevision(
        full.isEmpty() ? request.checksum() : full, request.checksum(), request.checksum());
  }

  /**
   * Asks a repository.
   *
   * @param from its address
   */
  GitRevision ask(GitRunner git, String from) throws IOException, InterruptedException {
    var ref = request.ref().isEmpty() ? defaultBranch(git, from) : request.ref();
    String output;
    try {
      output = git.run("ls-remote", "--", from, ref, ref + "^{}");
    } catch (GitFailure e) {
      throw BuildException.failed("failed to fetch remote " + request.shownRemote(), e);
    }
    return checked(chosen(ref, output));
  }

  private String defaultBranch(GitRunner git, String from)
      throws IOException, InterruptedException {
    String output;
    try {
      output = git.run("ls-remote", "--symref", "--", from, "HEAD");
    } catch (GitFailure e) {
      throw BuildException.failed(
          "error fetching default branch for repository " + request.shownRemote(), e);
    }
    var branch = BRANCH.matcher(output);
    if (!branch.find()) {
      throw BuildException.failed(
          "could not find default branch for repository: " + request.shownRemote());
    }
    // The server's word, which must not be taken for an option.
    if (branch.group(1).startsWith("-")) {
      throw BuildException.failed("invalid git ref " + GoQuote.quote(branch.group(1)));
    }
    return branch.group(1);
  }

  /** Any name in full goes first, then branches, then tags. */
  static GitRevision chosen(String ref, String output) {
    var names = names(output);
    var partial = "refs/" + withoutPrefix(ref, "refs/");
    var head = HEADS + withoutPrefix(ref, HEADS);
    var tag = TAGS + withoutPrefix(ref, TAGS);
    boolean isOther = !partial.equals(head) && !partial.equals(tag);
    String used;
    if (isOther && names.containsKey(partial)) {
      used = partial;
    } else {
      used = names.containsKey(head) ? head : tag;
    }
    var object = names.get(used);
    if (object == null) {
      throw BuildException.failed(
          "repository does not contain ref %s, output: %s".formatted(ref, GoQuote.quote(output)));
    }
    var peeled = used.equals(tag) ? names.getOrDefault(tag + "^{}", object) : object;
    for (var name : new String[] {object, peeled}) {
      if (!GitRequest.isCommit(name)) {
        throw BuildException.failed("invalid commit sha " + GoQuote.quote(name));
      }
    }
    return new GitRevision(used, object, peeled);
  }

  private static Map<String, String> names(String output) {
    var names = new HashMap<String, String>();
    for (var line : output.split("\n", -1)) {
      int tab = line.indexOf('\t');
      if (tab > 0) {
        names.put(line.substring(tab + 1), line.substring(0, tab));
      }
    }
    return names;
  }

  private static String withoutPrefix(String ref, String prefix) {
    return ref.startsWith(prefix) ? ref.substring(prefix.length()) : ref;
  }

  /** Refuses a revision that the request's checksum is not the beginning of. */
  GitRevision checked(GitRevision found) {
    var wanted = request.checksum();
    if (!found.object().startsWith(wanted) && !found.commit().startsWith(wanted)) {
      throw mismatch(found.isAnnotatedTag() ? " or " + found.commit() : found.object());
    }
    return found;
  }

  private BuildException mismatch(String found) {
    return BuildException.failed(
        "expected checksum to match %s, got %s".formatted(request.checksum(), found));
  }
}
