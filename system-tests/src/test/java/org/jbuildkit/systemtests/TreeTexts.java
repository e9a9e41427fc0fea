package org.jbuildkit.systemtests;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jbuildkit.base.Digest;
import org.jbuildkit.oci.layer.TarEntry;
import org.jbuildkit.oci.layer.TarReader;

/** Trees as text, one entry a line, for comparing. */
final class TreeTexts {
  /** Fixed times are older than this; what is younger was made by the build. */
  private static final long NOW = 1_750_000_000L;

  private TreeTexts() {}

  /** The trees in an archive, by the names of its top directories. */
  static Map<String, String> read(Path archive) throws IOException {
    var lines = new HashMap<String, TreeMap<String, String>>();
    try (var in = new BufferedInputStream(Files.newInputStream(archive))) {
      var tar = new TarReader(in);
      for (var next = tar.next(); next.isPresent(); next = tar.next()) {
        var entry = next.get();
        var name = entry.name().toString();
        int slash = name.indexOf('/');
        var top = slash < 0 ? name : name.substring(0, slash);
        lines
            .computeIfAbsent(top, _ -> new TreeMap<>())
            .put(slash < 0 ? "/" : name.substring(slash), line(tar, entry));
        // The time of a root is in no layer, and engines differ in when they set it.
        lines.get(top).computeIfPresent("/", (_, line) -> line.replaceFirst("time=[^ ]*", ""));
      }
    }
    var texts = new TreeMap<String, String>();
    lines.forEach((top, entries) -> {
      var text = new StringBuilder();
      entries.forEach((path, line) -> text.append(path).append(line).append('\n'));
      texts.put(top, text.toString());
    });
    return texts;
  }

  /** The members of an archive in its order. */
  static String entries(Path archive) throws IOException {
    var text = new StringBuilder();
    try (var in = new BufferedInputStream(Files.newInputStream(archive))) {
      var tar = new TarReader(in);
      for (var next = tar.next(); next.isPresent(); next = tar.next()) {
        text.append(next.get().name()).append(line(tar, next.get())).append('\n');
      }
    }
    return text.toString();
  }

  private static String line(TarReader tar, TarEntry entry) throws IOException {
    var content = new byte[(int) entry.size()];
    for (int at = 0; at < content.length; ) {
      at += tar.read(content, at, content.length - at);
    }
    var xattrs = new StringBuilder();
    entry.xattrs().keySet().stream()
        .filter(name -> !name.startsWith("trusted.overlay.")) // of a host's mount, not of the tree
        .forEach(name ->
            xattrs
                .append(' ')
                .append(name)
                .append('=')
                .append(
                    HexFormat.of().formatHex(Objects.requireNonNull(entry.xattrs().get(name)))));
    return " %s %o %d:%d time=%s size=%d %s dev=%d:%d %s%s"
        .formatted(
            entry.kind(),
            entry.mode(),
            entry.uid(),
            entry.gid(),
            entry.seconds() > NOW ? "now" : String.valueOf(entry.seconds()),
            entry.size(),
            entry.size() == 0 ? "" : Digest.sha256(content).hex().substring(0, 12),
            entry.deviceMajor(),
            entry.deviceMinor(),
            entry.linkName().isEmpty() ? "" : "-> " + entry.linkName(),
            xattrs);
  }
}
