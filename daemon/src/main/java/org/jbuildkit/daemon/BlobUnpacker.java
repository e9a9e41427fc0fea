package org.jbuildkit.daemon;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jbuildkit.base.Digest;
import org.jbuildkit.linux.Dir;
import org.jbuildkit.oci.Decompression;
import org.jbuildkit.oci.layer.LayerApplier;
import org.jbuildkit.store.BlobOrigins;
import org.jbuildkit.store.ContentStore;
import org.jbuildkit.store.LayerUnpacker;
import org.jbuildkit.store.LazyLayer;
import org.jbuildkit.store.Room;
import org.jbuildkit.store.RoomyInput;

/** Fetches a layer's blob if it is not there and unpacks it. */
record BlobUnpacker(ContentStore content, BlobOrigins origins) implements LayerUnpacker {
  @Override
  public void fetch(LazyLayer layer) throws IOException, InterruptedException {
    if (!content.has(layer.descriptor())) {
      layer.provider().fetch(layer.descriptor(), content);
    }
  }

  @Override
  public long storedSize(Digest blob) throws IOException {
    return content.size(blob).orElse(0L);
  }

  @Override
  public void drop(Digest blob) throws IOException {
    content.delete(blob);
    origins.remove(blob);
  }

  @Override
  public void unpack(LazyLayer layer, Path directory, boolean isLowest, Room room)
      throws IOException, InterruptedException {
    fetch(layer);
    layer
        .provider()
        .unpacking(
            layer.descriptor(),
            () -> apply(layer.descriptor().digest(), directory, isLowest, room));
  }

  private void apply(Digest digest, Path directory, boolean isLowest, Room room)
      throws IOException, InterruptedException {
    try (var blob =
            content
                .open(digest)
                .orElseThrow(() -> new IOException("content " + digest + ": not found"));
        var archive = new RoomyInput(Decompression.open(blob), room);
        var target = Dir.open(directory)) {
      LayerApplier.apply(target, isLowest ? Optional.empty() : Optional.of(target), archive);
    }
  }
}
