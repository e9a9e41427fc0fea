package org.jbuildkit.session.attach;

import com.google.protobuf.Timestamp;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Digest;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.protocol.content.WriteAction;
import org.jbuildkit.protocol.content.WriteContentRequest;
import org.jbuildkit.protocol.content.WriteContentResponse;
import org.jbuildkit.session.stream.MessageStream;
import org.jspecify.annotations.Nullable;

/**
 * One blob's way into a store: any number of state questions and writes in order, then a commit.
 * Nothing is visible before the commit, and the content's digest is what it is stored under.
 */
final class BlobWriteDialogue implements AutoCloseable {
  private final BlobFolder store;
  private final Instant started = Instant.now();
  private final Digest.Hasher hasher = new Digest.Hasher();
  private @Nullable Path file;
  private @Nullable OutputStream out;
  private long offset;
  private long total;
  private String expected = "";

  BlobWriteDialogue(BlobFolder store) {
    this.store = store;
  }

  void run(MessageStream<WriteContentResponse, WriteContentRequest> stream)
      throws IOException, InterruptedException {
    for (var next = stream.receive(); next.isPresent(); next = stream.receive()) {
      var request = next.get();
      note(request);
      switch (request.getAction()) {
        case STAT -> stream.send(answer(WriteAction.STAT).build());
        case WRITE -> {
          write(request);
          stream.send(answer(WriteAction.WRITE).build());
        }
        case COMMIT -> {
          write(request);
          var digest = commit();
          stream.send(answer(WriteAction.COMMIT).setDigest(digest.toString()).build());
          return;
        }
        case UNRECOGNIZED ->
            throw new BuildException(ErrorCode.INVALID_ARGUMENT, "unknown write action");
      }
    }
  }

  private void note(WriteContentRequest request) {
    if (request.getTotal() > 0) {
      total = request.getTotal();
    }
    if (!request.getExpected().isEmpty()) {
      expected = request.getExpected();
      var digest =
          Digest.tryParse(expected)
              .orElseThrow(() ->
                  new BuildException(ErrorCode.INVALID_ARGUMENT, "invalid digest " + expected));
      if (file == null && store.has(digest)) {
        throw new BuildException(
            ErrorCode.ALREADY_EXISTS, "content " + digest + ": already exists");
      }
    }
  }

  private WriteContentResponse.Builder answer(WriteAction action) {
    var now = Instant.now();
    return WriteContentResponse.newBuilder()
        .setAction(action)
        .setOffset(offset)
        .setTotal(total)
        .setStartedAt(time(started))
        .setUpdatedAt(time(now));
  }

  private static Timestamp time(Instant time) {
    return Timestamp.newBuilder()
        .setSeconds(time.getEpochSecond())
        .setNanos(time.getNano())
        .build();
  }

  private void write(WriteContentRequest request) throws IOException {
    if (request.getData().isEmpty()) {
      return;
    }
    if (request.getOffset() > 0 && request.getOffset() != offset) {
      throw new BuildException(
          ErrorCode.OUT_OF_RANGE, "write @" + request.getOffset() + " must occur at " + offset);
    }
    var target = open();
    var bytes = request.getData().toByteArray();
    target.write(bytes);
    hasher.update(bytes);
    offset += bytes.length;
  }

  private OutputStream open() throws IOException {
    var target = out;
    if (target == null) {
      var path = store.ingest();
      file = path;
      target = Files.newOutputStream(path);
      out = target;
    }
    return target;
  }

  private Digest commit() throws IOException {
    open().close();
    var digest = hasher.finish();
    if (total > 0 && total != offset) {
      throw new BuildException(
          ErrorCode.FAILED_PRECONDITION,
          "unexpected commit size " + offset + ", expected " + total);
    }
    if (!expected.isEmpty() && !expected.equals(digest.toString())) {
      throw new BuildException(
          ErrorCode.FAILED_PRECONDITION,
          "unexpected commit digest " + digest + ", expected " + expected);
    }
    var path = file;
    if (path != null) {
      Files.setPosixFilePermissions(
          path, java.nio.file.attribute.PosixFilePermissions.fromString("r--r--r--"));
      store.commit(path, digest);
      file = null;
    }
    return digest;
  }

  @Override
  public void close() throws IOException {
    if (out != null) {
      out.close();
    }
    if (file != null) {
      Files.deleteIfExists(file);
    }
  }
}
