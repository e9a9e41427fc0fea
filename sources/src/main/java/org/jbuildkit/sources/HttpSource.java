package org.jbuildkit.sources;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Digest;
import org.jbuildkit.engine.Source;
import org.jbuildkit.engine.job.Job;
import org.jbuildkit.linux.Timestamp;
import org.jbuildkit.session.SessionRegistry;
import org.jbuildkit.session.calls.SecretRequest;
import org.jbuildkit.session.calls.UploadRequest;
import org.jbuildkit.solver.OpContext;
import org.jbuildkit.sources.signature.PgpKeys;
import org.jbuildkit.store.RecordType;
import org.jbuildkit.store.Ref;
import org.jbuildkit.store.RefOptions;
import org.jbuildkit.store.RefStore;
import org.jbuildkit.store.RoomyInput;
import org.jspecify.annotations.Nullable;

/**
 * Files from web servers, and what clients upload. A download is kept with its ETag, so that the
 * server may answer that it is still the same; keys and requests as in BuildKit's {@code
 * source/http}.
 */
public final class HttpSource implements Source {
  private static final String AUTH_HEADER = "HTTP_AUTH_HEADER_";
  private static final String AUTH_TOKEN = "HTTP_AUTH_TOKEN_";
  private static final String REUSE_KEY = "http.request";
  private static final String ETAG = "http.etag";
  private static final String CONTENT = "http.content";
  private static final String MODIFIED = "http.modified";

  private final HttpDownloads downloads;
  private final SessionRegistry sessions;
  private final RefStore refs;
  private final Clock clock;

  /**
   * @param downloads stays the caller's
   */
  public HttpSource(HttpDownloads downloads, SessionRegistry sessions, RefStore refs, Clock clock) {
    this.clock = clock;
    this.downloads = downloads;
    this.sessions = sessions;
    this.refs = refs;
  }

  @Override
  public Set<String> schemes() {
    return Set.of("http", "https");
  }

  @Override
  public Instance open(Request request) {
    return new Download(HttpFile.of(request));
  }

  /**
   * @param ref the record's id that keeps the tree
   */
  private record Found(Digest content, String fileName, Optional<Instant> modified, String ref) {}

  private final class Download implements Instance {
    private final HttpFile file;
    private @Nullable Found found;

    Download(HttpFile file) {
      this.file = file;
    }

    @Override
    public Key key(int index, OpContext<Job> context) throws IOException, InterruptedException {
      if (file.checksum().isPresent()) {
        if (file.signature().isPresent()) {
          // What is cached may have been taken without a look at who signed it.
          var _ = find(context);
        }
        var name = file.fileName("");
        return new Key(file.key(name, file.checksum().get(), Optional.empty()), true);
      }
      var content = find(context);
      return new Key(file.key(content.fileName(), content.content(), content.modified()), true);
    }

    @Override
    public Optional<String> pin() {
      return Optional.ofNullable(found).map(known -> known.content().toString());
    }

    @Override
    public Optional<Ref> fetch(OpContext<Job> context) throws IOException, InterruptedException {
      var content = find(context);
      var kept = refs.get(content.ref());
      if (kept.isEmpty()) {
        // It was pruned after its key had been told.
        synchronized (this) {
          found = null;
        }
        kept = refs.get(find(context).ref());
      }
      return Optional.of(
          kept.orElseThrow(() -> BuildException.failed("lost the content of " + file.redacted())));
    }

    @Override
    public Optional<FileMetadata> file(Optional<ChecksumQuestion> question, OpContext<Job> context)
        throws IOException, InterruptedException {
      var stated = file.checksum();
      if (stated.isPresent() && question.isEmpty()) {
        return Optional.of(
            new FileMetadata(stated.get(), file.fileName(""), Optional.empty(), Optional.empty()));
      }
      var content = find(context);
      Optional<Digest> answer = Optional.empty();
      if (question.isPresent()) {
        try (var ref = fetch(context).orElseThrow()) {
          answer = Optional.of(ContentQuestion.answer(ref, question.get()));
        }
      }
      return Optional.of(
          new FileMetadata(content.content(), content.fileName(), content.modified(), answer));
    }

    private synchronized Found find(OpContext<Job> context)
        throws IOException, InterruptedException {
      var known = found;
      if (known == null) {
        known = UploadRequest.HOST.equals(file.uri().getHost()) ? upload(context) : ask(context);
        requireSigned(known);
        found = known;
      }
      return known;
    }

    private void requireSigned(Found content) throws IOException, InterruptedException {
      if (file.signature().isEmpty()) {
        return;
      }
      var signature = file.signature().get();
      try (var ref = refs.get(content.ref()).orElseThrow();
          var mounted = ref.mount();
          var root = mounted.open();
          var data = root.openRead(root.list().getFirst().name())) {
        PgpKeys.parse(signature.key())
            .verify(data.input(false), signature.value(), false, clock.instant());
      }
    }

    private List<String> sessionIds(OpContext<Job> context) {
      return context.participants().stream()
          .map(Job::sessionId)
          .filter(id -> !id.isEmpty())
          .distinct()
          .toList();
    }

    private Found upload(OpContext<Job> context) throws IOException, InterruptedException {
      var path = file.uri().getRawPath();
      var body = sessions.any(sessionIds(context), session -> UploadRequest.open(session, path));
      try (var answer = new HttpDownloads.Answer(200, "", Optional.empty(), "", body)) {
        return save(answer);
      }
    }

    private Found ask(OpContext<Job> context) throws IOException, InterruptedException {
      var headers = headers(context);
      var kept = keptByEtag();
      if (!kept.isEmpty()) {
        headers.put("If-None-Match", String.join(", ", kept.keySet()));
        try (var answer = downloads.ask("HEAD", file.uri(), headers)) {
          boolean answers = answer.status() == 200 || answer.status() == 304;
          var same = answers ? same(answer, kept) : Optional.<Found>empty();
          if (same.isPresent()) {
            return same.get();
          }
        } catch (IOException | BuildException _) {
          // Not all servers answer HEAD; what matters is the answer to GET.
        }
      }
      try (var answer = downloads.ask("GET", file.uri(), headers)) {
        if (answer.status() < 200 || answer.status() >= 400) {
          throw BuildException.failed("invalid response status " + answer.status());
        }
        if (answer.status() == 304) {
          return same(answer, kept)
              .orElseThrow(
                  () -> BuildException.failed("invalid not-modified ETag: " + answer.etag()));
        }
        return save(answer);
      }
    }

    private Map<String, String> headers(OpContext<Job> context) throws InterruptedException {
      var headers = new LinkedHashMap<>(file.headers());
      authorization(context).ifPresent(value -> headers.put("Authorization", value));
      return headers;
    }

    private Optional<String> authorization(OpContext<Job> context) throws InterruptedException {
      var ids = sessionIds(context);
      var secret = file.authSecret();
      if (!secret.isEmpty()) {
        return Optional.of(
            secret(ids, secret)
                .orElseThrow(() ->
                    BuildException.failed(
                        "failed to retrieve HTTP auth secret %s: secret %s: not found"
                            .formatted(secret, secret))));
      }
      if (ids.isEmpty()) {
        return Optional.empty();
      }
      var host = file.uri().getHost();
      var token = secret(ids, AUTH_TOKEN + host).map(value -> "Bearer " + value);
      return token.isPresent() ? token : secret(ids, AUTH_HEADER + host);
    }

    private Optional<String> secret(List<String> ids, String name) throws InterruptedException {
      return SecretRequest.find(sessions, ids, name)
          .map(bytes -> new String(bytes, StandardCharsets.ISO_8859_1));
    }

    /** Ids of earlier downloads that are still there, by ETag. */
    private Map<String, String> keptByEtag() {
      var kept = new LinkedHashMap<String, String>();
      for (var id : refs.lookup(REUSE_KEY, file.reuseKey())) {
        try (var ref = refs.get(id).orElse(null)) {
          var etag = ref == null ? null : ref.value(ETAG);
          if (etag != null) {
            kept.put(etag, id);
          }
        }
      }
      return kept;
    }

    private Optional<Found> same(HttpDownloads.Answer answer, Map<String, String> kept) {
      boolean isOnlyOne = answer.status() == 304 && answer.etag().isEmpty() && kept.size() == 1;
      var etag = isOnlyOne ? kept.keySet().iterator().next() : answer.etag();
      var id = kept.get(etag);
      if (id == null) {
        return Optional.empty();
      }
      try (var ref = refs.get(id).orElse(null)) {
        return ref == null ? Optional.empty() : kept(ref, file.fileName(answer.disposition()));
      }
    }

    private Optional<Found> kept(Ref ref, String name) {
      var modified = Optional.ofNullable(ref.value(MODIFIED)).map(Instant::parse);
      return Optional.ofNullable(ref.value(CONTENT))
          .map(content -> checked(new Found(Digest.parse(content), name, modified, ref.id())));
    }

    private Found checked(Found answer) {
      var wanted = file.checksum();
      if (wanted.isPresent() && !wanted.get().equals(answer.content())) {
        throw BuildException.failed(
            "digest mismatch %s: %s".formatted(answer.content(), wanted.get()));
      }
      return answer;
    }

    private Found save(HttpDownloads.Answer answer) throws IOException, InterruptedException {
      var name = file.fileName(answer.disposition());
      var options = new RefOptions("http url " + file.redacted(), RecordType.REGULAR, false);
      try (var mutable = refs.create(Optional.empty(), options)) {
        var digest = new HashedInput(new RoomyInput(answer.body(), mutable.room()));
        try (var mounted = mutable.mount();
            var root = mounted.open()) {
          var time = answer.lastModified().map(Instant::getEpochSecond).orElse(0L);
          file.form().write(root, name, digest, new Timestamp(time, 0));
        }
        var saved = checked(new Found(digest.finish(), name, answer.lastModified(), mutable.id()));
        if (!answer.etag().isEmpty()) {
          mutable.put(REUSE_KEY, file.reuseKey());
          mutable.put(ETAG, answer.etag());
          mutable.put(CONTENT, saved.content().toString());
          answer.lastModified().ifPresent(at -> mutable.put(MODIFIED, at.toString()));
        }
        mutable.commit().close();
        return saved;
      }
    }
  }
}
