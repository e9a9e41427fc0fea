package org.jbuildkit.sources;

import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Digest;
import org.jbuildkit.base.GoQuote;
import org.jbuildkit.base.Json;
import org.jbuildkit.engine.Source;
import org.jbuildkit.engine.job.Job;
import org.jbuildkit.engine.progress.Steps;
import org.jbuildkit.protocol.keys.SourceAttributes;
import org.jbuildkit.session.Session;
import org.jbuildkit.session.SessionRegistry;
import org.jbuildkit.session.calls.DirectoryRequest;
import org.jbuildkit.session.files.DirectoryTarget;
import org.jbuildkit.session.files.FileReceiver;
import org.jbuildkit.session.files.Selection;
import org.jbuildkit.session.files.TreeFilter;
import org.jbuildkit.solver.OpContext;
import org.jbuildkit.store.MutableRef;
import org.jbuildkit.store.RecordType;
import org.jbuildkit.store.Ref;
import org.jbuildkit.store.RefOptions;
import org.jbuildkit.store.RefStore;
import org.jbuildkit.store.checksum.ContentChecksum;
import org.jbuildkit.store.checksum.TreeChanges;

/**
 * Directories of the client. What was received is kept and only brought up to date the next time;
 * keys and reuse as in BuildKit's {@code source/local}.
 */
public final class LocalSource implements Source {
  private static final String REUSE_KEY = "local.sharedkey";

  private final SessionRegistry sessions;
  private final RefStore refs;
  private final ContentChecksum checksums;
  private final Clock clock;

  public LocalSource(
      SessionRegistry sessions, RefStore refs, ContentChecksum checksums, Clock clock) {
    this.sessions = sessions;
    this.refs = refs;
    this.checksums = checksums;
    this.clock = clock;
  }

  @Override
  public Set<String> schemes() {
    return Set.of("local");
  }

  @Override
  public Instance open(Request request) {
    return new Directory(request);
  }

  private static List<String> patterns(Request request, String attribute) {
    var text = request.attribute(attribute);
    if (text.isEmpty()) {
      return List.of();
    }
    try {
      if (Json.parse(text) instanceof Json.Arr(List<Json> elements)) {
        var patterns = new ArrayList<String>();
        for (var element : elements) {
          if (!(element instanceof Json.Str(String value))) {
            throw new IllegalArgumentException("not a text");
          }
          patterns.add(value);
        }
        return patterns;
      }
    } catch (IllegalArgumentException e) {
      throw new BuildException(
          org.jbuildkit.base.ErrorCode.UNKNOWN,
          "failed to unmarshal " + attribute + ": " + BuildException.describe(e),
          e);
    }
    throw BuildException.invalid("failed to unmarshal " + attribute + ": no list");
  }

  private static boolean flag(Request request, String attribute) {
    var value = request.attribute(attribute);
    return switch (value) {
      case "", "0", "f", "F", "false", "FALSE", "False" -> false;
      case "1", "t", "T", "true", "TRUE", "True" -> true;
      default ->
          throw BuildException.failed(
              "invalid value for %s %s: strconv.ParseBool: parsing %s: invalid syntax"
                  .formatted(attribute, GoQuote.quote(value), GoQuote.quote(value)));
    };
  }

  private final class Directory implements Instance {
    private final Request request;
    private final TreeFilter filter;
    private final boolean isMetadataOnly;
    private final List<String> exceptions;

    Directory(Request request) {
      this.request = request;
      this.filter =
          new TreeFilter(
              patterns(request, "local.includepattern"),
              patterns(request, "local.excludepatterns"),
              patterns(request, "local.followpaths"));
      this.isMetadataOnly = flag(request, SourceAttributes.LOCAL_METADATA_TRANSFER);
      this.exceptions = patterns(request, SourceAttributes.LOCAL_METADATA_TRANSFER_EXCLUDE);
    }

    private String sessionId(OpContext<Job> context) {
      var own = request.attribute("local.session");
      if (!own.isEmpty()) {
        return own;
      }
      return context.participants().stream()
          .map(Job::sessionId)
          .filter(id -> !id.isEmpty())
          .findFirst()
          .orElseThrow(() -> BuildException.failed("could not access local files without session"));
    }

    private Json list(List<String> patterns) {
      return patterns.isEmpty() ? new Json.Null() : Json.ofTexts(patterns);
    }

    @Override
    public Key key(int index, OpContext<Job> context) {
      var json =
          Json.object()
              .put("SessionID", sessionId(context))
              .put("IncludePatterns", list(filter.include()))
              .put("ExcludePatterns", list(filter.exclude()))
              .put("FollowPaths", list(filter.follow()));
      if (isMetadataOnly) {
        json.put("MetadataTransfer", true);
        if (!exceptions.isEmpty()) {
          json.put("MetadataExceptions", list(exceptions));
        }
      }
      var digest = Digest.sha256(json.build().write());
      return new Key("session:" + request.identifier() + ":" + digest, true);
    }

    @Override
    public Optional<Ref> fetch(OpContext<Job> context) throws IOException, InterruptedException {
      var ids = new ArrayList<>(List.of(sessionId(context)));
      context.participants().forEach(job -> ids.add(job.sessionId()));
      ids.removeIf(String::isEmpty);
      var failure = BuildException.failed("no active sessions");
      for (var id : ids.stream().distinct().toList()) {
        try {
          var session = sessions.await(id, SessionRegistry.DEFAULT_WAIT);
          return Optional.of(receive(session, context));
        } catch (BuildException e) {
          failure = e;
        }
      }
      throw failure;
    }

    private Ref receive(Session session, OpContext<Job> context)
        throws IOException, InterruptedException {
      var name = request.identifier();
      var reuseKey =
          "%s:%s:%s%s"
              .formatted(
                  name,
                  request.attribute("local.sharedkeyhint"),
                  session.sharedKey(),
                  isMetadataOnly ? ":metadata" : "");
      var mutable = reopen(reuseKey);
      boolean complete = false;
      try {
        var changes = checksums.changes(mutable);
        transfer(session, mutable, changes, context);
        mutable.put(REUSE_KEY, reuseKey);
        mutable.put(Ref.TRANSFERRED, "true");
        var ref = mutable.commit();
        checksums.keep(ref, changes);
        complete = true;
        return ref;
      } finally {
        if (!complete) {
          discard(mutable);
        }
      }
    }

    private MutableRef reopen(String reuseKey) throws IOException {
      for (var id : refs.lookup(REUSE_KEY, reuseKey)) {
        var kept = refs.reopen(id);
        if (kept.isPresent()) {
          return kept.get();
        }
      }
      return refs.create(
          Optional.empty(),
          new RefOptions(
              "local source for " + request.identifier(), RecordType.LOCAL_SOURCE, true));
    }

    /** What was received in part must not be found again. */
    private void discard(MutableRef mutable) throws IOException {
      refs.removeValue(mutable.id(), REUSE_KEY);
      mutable.close();
      refs.remove(mutable.id());
    }

    private void transfer(
        Session session, MutableRef mutable, TreeChanges changes, OpContext<Job> context)
        throws IOException, InterruptedException {
      var name = request.identifier();
      var differ =
          request.attribute("local.differ").equals("none")
              ? FileReceiver.Differ.NONE
              : FileReceiver.Differ.METADATA;
      var steps = new Steps(context.report(), clock);
      try (var mounted = mutable.mount();
          var root = mounted.open();
          var into = new DirectoryTarget(root, true)) {
        var counter = steps.bytes("transferring " + name + ":", "transferring", 0);
        var wanted = new DirectoryRequest(transferName(), filter);
        var digested = new DigestedTarget(into, changes, mutable.room());
        if (isMetadataOnly) {
          try (var list = new MetadataOnly(root, exceptions)) {
            wanted.receive(session, digested, differ, list, counter::set);
            list.finish();
            changes.removed(MetadataOnly.LIST);
          }
        } else {
          wanted.receive(session, digested, differ, Selection.ALL, counter::set);
        }
        counter.close();
      }
    }

    /** A session attribute {@code PREFIX:ID} names the directory {@code PREFIX-NAME}. */
    private String transferName() {
      var session = request.attribute("local.session");
      int colon = session.indexOf(':');
      return colon < 0
          ? request.identifier()
          : session.substring(0, colon) + "-" + request.identifier();
    }
  }
}
