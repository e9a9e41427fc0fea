package org.jbuildkit.exporters.statement;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.base.Digest;
import org.jbuildkit.oci.Decompression;
import org.jbuildkit.oci.layer.TarReader;
import org.jbuildkit.store.ContentStore;

/** Which layer of an image files are in; layers are read from the top as far as is needed. */
public final class LayerFiles implements SpdxDocument.Layers {
  private static final String WHITEOUT = ".wh.";

  private final ContentStore store;
  private final List<Digest> unread;
  private final Map<ByteName, Digest> found = new HashMap<>();

  /**
   * @param layers lowest first, their blobs stored
   */
  public LayerFiles(ContentStore store, List<Digest> layers) {
    this.store = store;
    this.unread = new ArrayList<>(layers);
  }

  @Override
  public Optional<Digest> of(String path) throws IOException {
    var name = plain(ByteName.ofText(path));
    while (!found.containsKey(name) && !unread.isEmpty()) {
      read(unread.removeLast());
    }
    return Optional.ofNullable(found.get(name));
  }

  private void read(Digest layer) throws IOException {
    var stored =
        store.open(layer).orElseThrow(() -> new IOException("layer " + layer + " is not stored"));
    try (var archive = Decompression.open(stored)) {
      var tar = new TarReader(archive);
      for (var entry = tar.next(); entry.isPresent(); entry = tar.next()) {
        var name = plain(entry.get().name());
        if (!name.last().toString().startsWith(WHITEOUT)) {
          found.putIfAbsent(name, layer);
        }
      }
    }
  }

  /** Relative, without what leads nowhere. */
  private static ByteName plain(ByteName path) {
    var plain = ByteName.EMPTY;
    for (var part : path.components()) {
      if (!part.toString().equals(".")) {
        plain = plain.resolve(part);
      }
    }
    return plain;
  }
}
