package org.jbuildkit.buildx.manage;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.TreeMap;
import org.jbuildkit.oci.Platform;

/** Platforms of a node as texts; those that the user fixed have a star. */
final class PlatformSummary {
  private static final int MAX = 4;
  private static final List<String> FIRST =
      List.of(
          "linux/amd64",
          "linux/arm64",
          "linux/arm",
          "linux/ppc64le",
          "linux/s390x",
          "linux/riscv64",
          "linux/mips64");

  private record Item(String text, boolean starred) {
    @Override
    public String toString() {
      return text + (starred ? "*" : "");
    }
  }

  private PlatformSummary() {}

  /** All of them. */
  static String all(NodeStatus status) {
    return String.join(", ", items(status).stream().map(Item::toString).toList());
  }

  private static List<Item> items(NodeStatus status) {
    var fixed = status.node().platformList().stream().map(Platform::formatAll).toList();
    return status.platforms().stream()
        .map(platform -> new Item(platform.formatAll(), fixed.contains(platform.formatAll())))
        .toList();
  }

  /** The four best-known families, and how many more there are. */
  static String brief(NodeStatus status) {
    var items = items(status);
    var families = new LinkedHashMap<String, List<Item>>();
    for (var item : items) {
      families.computeIfAbsent(family(item.text()), _ -> new ArrayList<>()).add(item);
    }
    var order = new LinkedHashSet<String>(FIRST);
    order.addAll(new TreeMap<>(families).keySet());
    var texts = new ArrayList<String>();
    int shown = 0;
    for (var family : order) {
      var members = families.get(family);
      if (members == null || texts.size() == MAX) {
        continue;
      }
      if (members.size() == 1 || texts.size() == MAX - 1) {
        texts.add(members.getFirst().toString());
        shown++;
      } else {
        boolean starred = members.stream().anyMatch(Item::starred);
        texts.add("%s%s (+%d)".formatted(family, starred ? "*" : "", members.size()));
        shown += members.size();
      }
    }
    if (shown < items.size()) {
      texts.add("(" + (items.size() - shown) + " more)");
    }
    return String.join(", ", texts);
  }

  private static String family(String platform) {
    var parts = platform.split("/", -1);
    return parts.length > 2 ? parts[0] + "/" + parts[1] : platform;
  }
}
