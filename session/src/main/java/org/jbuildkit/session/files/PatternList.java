package org.jbuildkit.session.files;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jbuildkit.base.BuildException;

/**
 * Include or exclude patterns: {@code *}, {@code ?}, {@code [...]}, {@code \x} within a component,
 * {@code **} for any number of them, {@code !} to negate. A pattern that matches a directory
 * matches all below; of several, the last that matches decides.
 */
final class PatternList {
  private record Rule(List<String> components, Pattern regex, boolean negated) {}

  /** What matched a path; its children inherit it. */
  record Match(boolean matched, BitSet rules) {
    static final Match NONE = new Match(false, new BitSet());
  }

  private final List<Rule> rules = new ArrayList<>();
  private boolean negations;

  PatternList(List<String> patterns) {
    for (var raw : patterns) {
      var pattern = raw.strip();
      boolean negated = pattern.startsWith("!");
      pattern = clean(negated ? pattern.substring(1).strip() : pattern);
      if (pattern.isEmpty() || (pattern.equals(".") && negated)) {
        continue;
      }
      negations |= negated;
      rules.add(new Rule(List.of(pattern.split("/", -1)), regex(pattern), negated));
    }
  }

  private static String clean(String pattern) {
    var parts = new ArrayList<String>();
    for (var part : pattern.split("/", -1)) {
      if (part.equals("..") && !parts.isEmpty()) {
        parts.removeLast();
      } else if (!part.isEmpty() && !part.equals(".")) {
        parts.add(part);
      }
    }
    return parts.isEmpty() && !pattern.isEmpty() ? "." : String.join("/", parts);
  }

  boolean isEmpty() {
    return rules.isEmpty();
  }

  boolean hasNegations() {
    return negations;
  }

  Match match(String path, Match parent) {
    boolean matched = false;
    var which = new BitSet();
    for (int i = 0; i < rules.size(); i++) {
      var rule = rules.get(i);
      if (parent.rules.get(i) || rule.regex.matcher(path).matches()) {
        which.set(i);
        matched = !rule.negated;
      }
    }
    return new Match(matched, which);
  }

  /** Whether something below the directory may match a pattern that is not negated. */
  boolean mayMatchBelow(String directory) {
    var components = directory.split("/", -1);
    for (var rule : rules) {
      if (!rule.negated && mayMatchBelow(rule, components)) {
        return true;
      }
    }
    return false;
  }

  private static boolean mayMatchBelow(Rule rule, String[] directory) {
    for (int i = 0; i < directory.length; i++) {
      if (i >= rule.components.size()) {
        return true;
      }
      var component = rule.components.get(i);
      if (component.contains("**")) {
        return true;
      }
      if (!regex(component).matcher(directory[i]).matches()) {
        return false;
      }
    }
    return true;
  }

  static Pattern regex(String pattern) {
    var out = new StringBuilder();
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      if (c == '*' && i + 1 < pattern.length() && pattern.charAt(i + 1) == '*') {
        i++;
        if (i + 1 < pattern.length() && pattern.charAt(i + 1) == '/') {
          i++;
          out.append("(.*/)?");
        } else {
          out.append(".*");
        }
      } else if (c == '*') {
        out.append("[^/]*");
      } else if (c == '?') {
        out.append("[^/]");
      } else if (c == '[') {
        i = appendClass(pattern, i, out);
      } else {
        if (c == '\\' && i + 1 < pattern.length()) {
          c = pattern.charAt(++i);
        }
        out.append(Pattern.quote(String.valueOf(c)));
      }
    }
    try {
      return Pattern.compile(out.toString(), Pattern.DOTALL);
    } catch (PatternSyntaxException e) {
      throw new BuildException(
          org.jbuildkit.base.ErrorCode.UNKNOWN, "invalid pattern: \"" + pattern + "\"", e);
    }
  }

  private static int appendClass(String pattern, int start, StringBuilder out) {
    int end = pattern.indexOf(']', start + 2);
    if (end < 0) {
      throw BuildException.failed("syntax error in pattern");
    }
    out.append('[');
    for (int i = start + 1; i < end; i++) {
      char c = pattern.charAt(i);
      boolean special = c == '[' || c == '&' || (c == '^' && i > start + 1);
      out.append(special ? "\\" : "").append(c);
    }
    out.append(']');
    return end;
  }
}
