package org.jbuildkit.session.files;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.function.UnaryOperator;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.protocol.fsutil.Packet;
import org.jbuildkit.protocol.fsutil.Packet.PacketType;
import org.jbuildkit.protocol.fsutil.Stat;
import org.jspecify.annotations.Nullable;

/**
 * The receiving side of a transfer: compares announced entries with what the target keeps, asks for
 * the files that differ, and writes them.
 */
public final class FileReceiver {
  /** How a kept file is compared with an announced one. */
  public enum Differ {
    /** By metadata; equal files are not transferred. */
    METADATA,
    /** Not at all: everything is transferred. */
    NONE
  }

  /** What happens to kept names that are not announced. */
  public enum Extra {
    DELETE,
    KEEP
  }

  /** How many files a sender may have begun at once: senders work at a handful. */
  private static final int MAX_OPEN = 256;

  private final PacketStream stream;
  private final ReceiveTarget target;
  private final Differ differ;
  private final Extra extra;
  private final UnaryOperator<Stat> mapping;
  private final Selection selection;
  private final PathCheck check = new PathCheck();
  private final Map<Integer, Stat> requested = new HashMap<>();
  private final Map<Integer, OutputStream> open = new HashMap<>();
  private final List<Stat> links = new ArrayList<>();
  private final List<Stat> directories = new ArrayList<>();
  private @Nullable Stat existing;
  private boolean existingEnded;
  private int nextId;

  private FileReceiver(
      PacketStream stream,
      ReceiveTarget target,
      Differ differ,
      Extra extra,
      UnaryOperator<Stat> mapping,
      Selection selection) {
    this.selection = selection;
    this.stream = stream;
    this.target = target;
    this.differ = differ;
    this.extra = extra;
    this.mapping = mapping;
  }

  /**
   * Receives a whole tree and returns when the sender has confirmed the end. Ending the stream is
   * the caller's part.
   *
   * @param mapping changes entries before they are compared and placed, owners for example
   * @param progress gets the sum of all packet sizes so far
   */
  public static void receive(
      PacketStream stream,
      ReceiveTarget target,
      Differ differ,
      Extra extra,
      UnaryOperator<Stat> mapping,
      LongConsumer progress)
      throws InterruptedException, IOException {
    receive(stream, target, differ, extra, mapping, Selection.ALL, progress);
  }

  /** As above, with only a part of what is announced. */
  public static void receive(
      PacketStream stream,
      ReceiveTarget target,
      Differ differ,
      Extra extra,
      UnaryOperator<Stat> mapping,
      Selection selection,
      LongConsumer progress)
      throws InterruptedException, IOException {
    var receiver = new FileReceiver(stream, target, differ, extra, mapping, selection);
    try {
      receiver.run(progress);
    } catch (IOException | BuildException e) {
      receiver.open.forEach((id, content) -> receiver.abandon(id, content));
      receiver.report(e);
      throw e;
    }
  }

  private void abandon(Integer id, OutputStream content) {
    var stat = requested.get(id);
    if (stat != null) {
      target.abandon(stat, content);
    }
  }

  private void report(Exception error) throws InterruptedException {
    try {
      stream.send(
          Packet.newBuilder()
              .setType(PacketType.PACKET_ERR)
              .setData(ByteString.copyFromUtf8(BuildException.describe(error)))
              .build());
    } catch (BuildException _) {
      // The stream itself has failed; the sender knows.
    }
  }

  private void run(LongConsumer progress) throws InterruptedException, IOException {
    boolean announced = false;
    boolean finished = false;
    long total = 0;
    while (true) {
      var received = stream.receive();
      if (received.isEmpty()) {
        throw BuildException.failed("unexpected EOF");
      }
      var packet = received.get();
      total += packet.getSerializedSize();
      progress.accept(total);
      switch (packet.getType()) {
        case PACKET_STAT -> {
          if (packet.hasStat()) {
            announced(packet.getStat());
          } else {
            skipExisting(null);
            announced = true;
          }
        }
        case PACKET_DATA -> data(packet);
        case PACKET_FIN -> {
          return;
        }
        case PACKET_ERR ->
            throw BuildException.failed("error from sender: " + packet.getData().toStringUtf8());
        default -> throw BuildException.failed("unexpected packet " + packet.getType());
      }
      if (announced && !finished && requested.isEmpty()) {
        finish();
        finished = true;
      }
    }
  }

  private void announced(Stat sent) throws InterruptedException, IOException {
    int id = nextId++;
    check.accept(sent);
    for (var entry : selection.select(new Selection.Announced(id, sent))) {
      take(entry.id(), mapping.apply(entry.stat()));
    }
  }

  private void take(int id, Stat stat) throws InterruptedException, IOException {
    var kept = skipExisting(stat);
    boolean same = kept.isPresent() && isSame(kept.get(), stat);
    if (kept.isPresent() && !same && isOtherKind(kept.get(), stat)) {
      target.remove(kept.get());
      skipChildren(kept.get());
    }
    if (FileModes.isDirectory(stat)) {
      directories.add(stat);
      if (!same) {
        target.place(stat);
      }
    } else if (same) {
      return;
    } else if (FileModes.isHardLink(stat)) {
      links.add(stat);
    } else if (FileModes.isRegular(stat)) {
      requested.put(id, stat);
      stream.send(Packet.newBuilder().setType(PacketType.PACKET_REQ).setID(id).build());
    } else {
      target.place(stat);
    }
  }

  /** Passes over kept names below {@code next}; returns the kept entry of that very name. */
  private Optional<Stat> skipExisting(@Nullable Stat next) throws IOException {
    while (true) {
      if (existing == null && !existingEnded) {
        existing = target.nextExisting().orElse(null);
        existingEnded = existing == null;
      }
      var kept = existing;
      if (kept == null) {
        return Optional.empty();
      }
      int order = next == null ? -1 : FileModes.compare(kept.getPath(), next.getPath());
      if (order > 0) {
        return Optional.empty();
      }
      existing = null;
      if (order == 0) {
        return Optional.of(kept);
      }
      if (extra == Extra.DELETE) {
        target.remove(kept);
        skipChildren(kept);
      }
    }
  }

  private void skipChildren(Stat removed) throws IOException {
    var prefix = removed.getPath().concat(ByteString.copyFromUtf8("/"));
    for (var next = target.nextExisting(); ; next = target.nextExisting()) {
      if (next.isEmpty() || !next.get().getPath().startsWith(prefix)) {
        existing = next.orElse(null);
        existingEnded = next.isEmpty();
        return;
      }
    }
  }

  private static boolean isOtherKind(Stat kept, Stat stat) {
    return FileModes.isDirectory(kept) != FileModes.isDirectory(stat);
  }

  private boolean isSame(Stat kept, Stat stat) {
    if (differ == Differ.NONE) {
      return false;
    }
    boolean alike =
        kept.getMode() == stat.getMode()
            && kept.getUid() == stat.getUid()
            && kept.getGid() == stat.getGid()
            && kept.getDevmajor() == stat.getDevmajor()
            && kept.getDevminor() == stat.getDevminor()
            && kept.getLinkname().equals(stat.getLinkname());
    return alike
        && (FileModes.isDirectory(stat)
            || (kept.getSize() == stat.getSize() && kept.getModTime() == stat.getModTime()));
  }

  private void data(Packet packet) throws IOException {
    int id = packet.getID();
    var stat = requested.get(id);
    if (stat == null) {
      throw BuildException.failed("invalid file request " + Integer.toUnsignedString(id));
    }
    var content = open.get(id);
    if (content == null) {
      if (open.size() == MAX_OPEN) {
        throw BuildException.failed("sender began more than %d files at once".formatted(MAX_OPEN));
      }
      content = target.open(stat);
      open.put(id, content);
    }
    if (packet.getData().isEmpty()) {
      target.commit(stat, content);
      open.remove(id);
      requested.remove(id);
    } else {
      packet.getData().writeTo(content);
    }
  }

  private void finish() throws IOException, InterruptedException {
    for (var link : links) {
      target.link(link);
    }
    for (var directory : directories.reversed()) {
      target.finish(directory);
    }
    stream.send(Packet.newBuilder().setType(PacketType.PACKET_FIN).build());
  }
}
