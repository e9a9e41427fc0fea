package org.jbuildkit.base;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * A path inside a container's file system: absolute, cleaned ({@code .}, {@code ..} and doubled
 * slashes resolved by text alone), always with {@code /}. Never a host path.
 */
public record ContainerPath(String value) {
  public static final ContainerPath ROOT = new ContainerPath("/");

  public ContainerPath {
    value = clean(value);
  }

  private static String clean(String text) {
    var parts = new ArrayDeque<String>();
    for (var part : text.split("/", -1)) {
      switch (part) {
        case "", "." -> {}
        case ".." -> parts.pollLast();
        default -> parts.addLast(part);
      }
    }
    return "/" + String.join("/", parts);
  }

  /** {@code child} taken from here; an absolute child stands for itself. */
  public ContainerPath resolve(String child) {
    return new ContainerPath(child.startsWith("/") ? child : value + "/" + child);
  }

  /** The directory that holds this; the root holds itself. */
  public ContainerPath parent() {
    return new ContainerPath(value + "/..");
  }

  /** The last component, empty for the root. */
  public String last() {
    return value.substring(value.lastIndexOf('/') + 1);
  }

  /** The components below the root. */
  public List<String> components() {
    return isRoot() ? List.of() : List.of(value.substring(1).split("/", -1));
  }

  public boolean isRoot() {
    return value.equals("/");
  }

  /** The path as bytes relative to the root, empty for the root itself. */
  public ByteName relative() {
    return ByteName.ofText(value.substring(1));
  }

  @Override
  public String toString() {
    return value;
  }

  /** A path cleaned by text alone, as Go's {@code path.Clean} does: a relative one stays so. */
  public static String cleaned(String path) {
    if (path.startsWith("/")) {
      return new ContainerPath(path).value();
    }
    var parts = new ArrayList<String>();
    for (var part : path.split("/", -1)) {
      boolean climbs = part.equals("..") && !parts.isEmpty() && !parts.getLast().equals("..");
      if (climbs) {
        parts.removeLast();
      } else if (!part.isEmpty() && !part.equals(".")) {
        parts.add(part);
      }
    }
    return parts.isEmpty() ? "." : String.join("/", parts);
  }
}
