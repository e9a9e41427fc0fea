package org.jbuildkit.store;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jbuildkit.base.Digest;
import org.jbuildkit.base.Json;
import org.jbuildkit.linux.Dir;
import org.jbuildkit.oci.Decompression;
import org.jbuildkit.oci.Descriptor;
import org.jbuildkit.oci.compress.Compression;
import org.jbuildkit.oci.compress.DigestOutput;
import org.jbuildkit.oci.layer.LayerDiffer;

/**
 * Makes blobs of layers. Each is made once and remembered; layers that were pulled keep the blob
 * that they came as.
 *
 * <p>The lock lets one caller at a time make blobs, so that no layer is compressed twice; making
 * one uses all processors anyway.
 */
public final class LayerBlobs {
  private final RefStore refs;
  private final ContentStore content;
  private final ReentrantLock making = new ReentrantLock();

  public LayerBlobs(RefStore refs, ContentStore content) {
    this.refs = refs;
    this.content = content;
  }

  /** The store that holds the blobs. */
  public ContentStore content() {
    return content;
  }

  /**
   * What blobs are made like.
   *
   * @param isForced whether blobs that exist already are converted
   */
  public record Form(Compression compression, OptionalLong level, boolean isForced) {}

  /** All layers of a tree as blobs, lowest first, present in the content store. */
  public List<LayerBlob> of(Ref ref, Form form) throws IOException, InterruptedException {
    refs.fetch(ref);
    return all(ref, form, false);
  }

  /** As {@link #of}, except that blobs of layers that were not fetched yet stay where they are. */
  public List<LayerBlob> unfetched(Ref ref, Form form) throws IOException, InterruptedException {
    return all(ref, form, true);
  }

  private List<LayerBlob> all(Ref ref, Form form, boolean leavesPending)
      throws IOException, InterruptedException {
    var blobs = new ArrayList<LayerBlob>();
    making.lockInterruptibly();
    try {
      for (var id : ref.layers()) {
        blobs.add(blob(id, form, leavesPending));
      }
    } finally {
      making.unlock();
    }
    return blobs;
  }

  private LayerBlob blob(String id, Form form, boolean leavesPending)
      throws IOException, InterruptedException {
    var record = refs.find(id);
    if (record == null) {
      throw new IOException("layer " + id + " is gone");
    }
    var lazy = record.lazy;
    Optional<LazyLayer.Provider> pending = Optional.empty();
    Optional<Descriptor> descriptor;
    if (leavesPending && lazy != null && !converts(form, lazy.descriptor())) {
      descriptor = Optional.of(lazy.descriptor());
      pending = Optional.of(lazy.provider());
    } else {
      descriptor = stored(record, form);
    }
    if (descriptor.isEmpty()) {
      descriptor = Optional.of(make(record, form));
    }
    var diffId = refs.value(record, RefTable.DIFF_ID);
    if (diffId == null) {
      throw new IOException("layer " + id + " has no diff id");
    }
    var description = record.description.isEmpty() ? "created by buildkit" : record.description;
    return new LayerBlob(
        id, descriptor.get(), Digest.parse(diffId), description, record.createdAt, pending);
  }

  /** The blob that fits, fetched if need be; empty if one has to be made. */
  private Optional<Descriptor> stored(RefRecord record, Form form)
      throws IOException, InterruptedException {
    var first = known(record, RefTable.BLOB);
    if (first.isEmpty()) {
      return Optional.empty();
    }
    boolean converts = converts(form, first.get());
    var wanted = converts ? known(record, variant(form)) : first;
    if (wanted.isPresent() && isPresent(record, wanted.get())) {
      return wanted;
    }
    return converts && isPresent(record, first.get())
        ? Optional.of(convert(record, first.get(), form))
        : Optional.empty();
  }

  private static boolean converts(Form form, Descriptor descriptor) {
    return form.isForced() && form.compression().needsConversion(descriptor.mediaType());
  }

  private static String variant(Form form) {
    return RefTable.BLOB + "." + form.compression();
  }

  private Optional<Descriptor> known(RefRecord record, String name) {
    var json = refs.value(record, name);
    return json == null
        ? Optional.empty()
        : Optional.of(Descriptor.fromJson((Json.Obj) Json.parse(json)));
  }

  private boolean isPresent(RefRecord record, Descriptor descriptor)
      throws IOException, InterruptedException {
    if (content.has(descriptor)) {
      return true;
    }
    var lazy = record.lazy;
    if (lazy != null && lazy.descriptor().digest().equals(descriptor.digest())) {
      lazy.provider().fetch(descriptor, content);
      return true;
    }
    return false;
  }

  @FunctionalInterface
  private interface Archive {
    void write(OutputStream out) throws IOException, InterruptedException;
  }

  private Descriptor convert(RefRecord record, Descriptor from, Form form)
      throws IOException, InterruptedException {
    var opened = content.open(from.digest());
    if (opened.isEmpty()) {
      throw new IOException("blob " + from.digest() + " is gone");
    }
    try (var plain = Decompression.open(opened.get())) {
      return write(record, form, variant(form), out -> plain.transferTo(out));
    }
  }

  private Descriptor make(RefRecord record, Form form) throws IOException, InterruptedException {
    var below = record.layers.subList(0, record.layers.size() - 1);
    try (var upper = Dir.open(refs.snapshotter().content(record.id))) {
      if (record.values.containsKey(Ref.HAS_WHITEOUTS)) {
        return write(record, form, RefTable.BLOB, out -> LayerDiffer.writeDetached(upper, out));
      }
      if (below.isEmpty()) {
        return write(
            record,
            form,
            RefTable.BLOB,
            out -> LayerDiffer.writeOverlay(Optional.empty(), upper, out));
      }
      try (var view = refs.view(below);
          var lower = view.open()) {
        return write(
            record,
            form,
            RefTable.BLOB,
            out -> LayerDiffer.writeOverlay(Optional.of(lower), upper, out));
      }
    }
  }

  private Descriptor write(RefRecord record, Form form, String name, Archive archive)
      throws IOException, InterruptedException {
    try (var writer = content.ingest()) {
      var plain = new DigestOutput(form.compression().compress(new Open(writer), form.level()));
      try (plain) {
        archive.write(plain);
      }
      long size = writer.size();
      var descriptor = new Descriptor(form.compression().mediaType(), writer.commit(), size);
      if (name.equals(RefTable.BLOB)) {
        refs.put(record, RefTable.DIFF_ID, plain.finish().toString());
      }
      refs.put(record, name, descriptor.toJson().write());
      return descriptor;
    }
  }

  /** Ends compression without dropping the blob below. */
  private static final class Open extends FilterOutputStream {
    Open(OutputStream out) {
      super(out);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
    }

    @Override
    public void close() throws IOException {
      flush();
    }
  }
}
