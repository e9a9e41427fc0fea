package org.jbuildkit.base.glob;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.GoSpace;

/** Reads the lines of a .dockerignore file into patterns. */
public final class IgnoreFile {
  private static final int MAX_LINE = 65536;
  private static final String BYTE_ORDER_MARK = "\uFEFF";

  private IgnoreFile() {}

  /** The patterns in order, cleaned, negated ones with their exclamation mark. */
  public static List<String> read(byte[] content) {
    var text = new String(content, StandardCharsets.UTF_8);
    if (text.startsWith(BYTE_ORDER_MARK)) {
      text = text.substring(1);
    }
    var patterns = new ArrayList<String>();
    for (var line : text.split("\n", -1)) {
      if (line.length() > MAX_LINE) {
        throw BuildException.invalid("bufio.Scanner: token too long");
      }
      if (!line.startsWith("#") && !GoSpace.isBlank(line)) {
        patterns.add(pattern(GoSpace.trim(line)));
      }
    }
    return patterns;
  }

  private static String pattern(String line) {
    boolean negated = line.startsWith("!");
    var text = negated ? GoSpace.trim(line.substring(1)) : line;
    if (!text.isEmpty()) {
      text = clean(text);
    }
    return negated ? "!" + text : text;
  }

  private static String clean(String text) {
    boolean absolute = text.startsWith("/");
    var parts = new ArrayList<String>();
    for (var part : text.split("/", -1)) {
      boolean climbs = part.equals("..");
      if (climbs && !parts.isEmpty() && !parts.getLast().equals("..")) {
        parts.removeLast();
      } else if (!part.isEmpty() && !part.equals(".") && !(climbs && absolute)) {
        parts.add(part);
      }
    }
    if (parts.isEmpty()) {
      return absolute ? "/" : ".";
    }
    return String.join("/", parts);
  }
}
