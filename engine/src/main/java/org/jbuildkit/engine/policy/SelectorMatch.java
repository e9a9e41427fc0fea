package org.jbuildkit.engine.policy;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.protocol.pb.SourceOp;
import org.jbuildkit.protocol.sourcepolicy.AttrConstraint;
import org.jbuildkit.protocol.sourcepolicy.Selector;

/** Whether a rule speaks of a source, and what it makes of its identifier. */
record SelectorMatch(Selector selector) {
  private static final Pattern REFERENCE =
      Pattern.compile("\\$(?:\\$|\\{([0-9A-Za-z_]+)\\}|([0-9A-Za-z_]+))");

  boolean matches(SourceOp source) {
    for (var constraint : selector.getConstraintsList()) {
      if (!holds(constraint, source.getAttrsOrDefault(constraint.getKey(), ""))) {
        return false;
      }
    }
    var wanted = selector.getIdentifier();
    if (wanted.equals(source.getIdentifier())) {
      return true;
    }
    return switch (selector.getMatchType()) {
      case EXACT -> false;
      case WILDCARD -> wildcard(wanted).matcher(source.getIdentifier()).matches();
      case REGEX -> !wanted.isEmpty() && expression(wanted).matcher(source.getIdentifier()).find();
      case UNRECOGNIZED -> throw unknownType();
    };
  }

  private static boolean holds(AttrConstraint constraint, String value) {
    return switch (constraint.getCondition()) {
      case EQUAL -> value.equals(constraint.getValue());
      case NOTEQUAL -> !value.equals(constraint.getValue());
      case MATCHES -> expression(constraint.getValue()).matcher(value).find();
      case UNRECOGNIZED ->
          throw BuildException.failed("unknown attr condition: " + constraint.getConditionValue());
    };
  }

  /** The identifier that a source of this identifier gets. */
  String convert(String identifier, String template) {
    return switch (selector.getMatchType()) {
      case EXACT -> template;
      case WILDCARD -> {
        var matcher = wildcard(selector.getIdentifier()).matcher(identifier);
        yield matcher.matches() ? expand(template, matcher) : identifier;
      }
      case REGEX -> replaceAll(identifier, template);
      case UNRECOGNIZED -> throw unknownType();
    };
  }

  private BuildException unknownType() {
    return BuildException.failed("unknown match type: " + selector.getMatchTypeValue());
  }

  private String replaceAll(String identifier, String template) {
    var matcher = expression(selector.getIdentifier()).matcher(identifier);
    var result = new StringBuilder();
    int end = 0;
    while (matcher.find()) {
      result.append(identifier, end, matcher.start()).append(expand(template, matcher));
      end = matcher.end();
    }
    return result.append(identifier.substring(end)).toString();
  }

  /** References to groups, as Go's {@code Regexp.Expand} takes them. */
  private static String expand(String template, Matcher found) {
    var references = REFERENCE.matcher(template);
    var result = new StringBuilder();
    int end = 0;
    while (references.find()) {
      result.append(template, end, references.start());
      end = references.end();
      var name = references.group(1) == null ? references.group(2) : references.group(1);
      result.append(name == null ? "$" : group(found, name));
    }
    return result.append(template.substring(end)).toString();
  }

  private static String group(Matcher found, String name) {
    try {
      boolean isNumber = name.matches("[0-9]{1,4}");
      var group = isNumber ? found.group(Integer.parseInt(name)) : found.group(name);
      return group == null ? "" : group;
    } catch (IndexOutOfBoundsException | IllegalArgumentException _) {
      return ""; // there is no such group
    }
  }

  static Pattern wildcard(String text) {
    if (text.contains("**")) {
      throw BuildException.failed(
          "failed to translate wildcard \"%s\" to regexp: invalid wildcard: \"**\""
              .formatted(text));
    }
    var expression = new StringBuilder();
    text.codePoints()
        .forEach(c -> expression.append(c == '*' ? "(.*)" : Pattern.quote(Character.toString(c))));
    return Pattern.compile(expression.toString(), Pattern.DOTALL);
  }

  private static Pattern expression(String text) {
    try {
      return Pattern.compile(text);
    } catch (PatternSyntaxException e) {
      throw new BuildException(ErrorCode.UNKNOWN, String.valueOf(e.getMessage()), e);
    }
  }
}
