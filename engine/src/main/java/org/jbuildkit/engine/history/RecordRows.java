package org.jbuildkit.engine.history;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jbuildkit.base.Digest;
import org.jbuildkit.protocol.control.BuildHistoryRecord;
import org.jbuildkit.store.BuildRecordTable;

/** Stored records, and the blobs that lost their last record. Guarded by the history's lock. */
final class RecordRows {
  private final BuildRecordTable table;
  private final RecordBlobs blobs;
  private final BuildHistory.Naming others;
  private final Set<Digest> released = new HashSet<>();

  RecordRows(BuildRecordTable table, RecordBlobs blobs, BuildHistory.Naming others) {
    this.table = table;
    this.blobs = blobs;
    this.others = others;
  }

  Optional<BuildHistoryRecord> find(String ref) throws IOException {
    var row = table.find(ref);
    return row.isEmpty() ? Optional.empty() : Optional.of(record(row.get()));
  }

  private static BuildHistoryRecord record(BuildRecordTable.Row row) throws IOException {
    try {
      return BuildHistoryRecord.parseFrom(row.record());
    } catch (InvalidProtocolBufferException e) {
      throw new IOException("failed to unmarshal build record " + row.ref(), e);
    }
  }

  /** All records, by ref. */
  List<BuildHistoryRecord> all() throws IOException {
    var records = new ArrayList<BuildHistoryRecord>();
    for (var row : table.all()) {
      records.add(record(row));
    }
    return records;
  }

  /** Stores a record in place of the one of the same ref. */
  void put(BuildHistoryRecord record) throws IOException {
    var before = table.find(record.getRef());
    var kept = blobs.keptBy(record);
    table.put(new BuildRecordTable.Row(record.getRef(), record.toByteArray(), kept));
    before.ifPresent(row -> released.addAll(row.blobs()));
  }

  /** Removes a record; whether there was one. */
  boolean remove(String ref) throws IOException {
    var row = table.find(ref);
    if (row.isPresent()) {
      table.remove(ref);
      released.addAll(row.get().blobs());
    }
    return row.isPresent();
  }

  /** Refs of records that lack a blob. */
  List<String> damaged() throws IOException {
    var refs = new ArrayList<String>();
    for (var row : table.all()) {
      for (var digest : row.blobs()) {
        if (blobs.content().size(digest).isEmpty()) {
          refs.add(row.ref());
          break;
        }
      }
    }
    return refs;
  }

  /** Removes blobs that nothing names any more; only while nothing makes any. */
  void sweep() throws IOException {
    if (released.isEmpty()) {
      return;
    }
    released.removeAll(table.blobs());
    released.removeAll(others.blobs());
    for (var digest : released) {
      blobs.content().delete(digest);
    }
    released.clear();
  }
}
