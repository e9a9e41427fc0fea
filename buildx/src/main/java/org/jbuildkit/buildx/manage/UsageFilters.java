package org.jbuildkit.buildx.manage;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.cli.GoValues;
import org.jbuildkit.cli.UsageException;

/**
 * {@code --filter} of commands on the cache.
 *
 * @param clause for the daemon; may be empty
 * @param age in nanoseconds, of records that were not used for that long; zero for all
 */
record UsageFilters(String clause, long age) {

  static UsageFilters parse(List<String> values) {
    var clauses = new ArrayList<String>();
    var ages = new ArrayList<String>();
    OptionalLong age = OptionalLong.empty();
    for (var value : values) {
      int equals = value.indexOf('=');
      if (equals < 0) {
        throw new UsageException(
            "invalid argument \"%s\" for \"--filter\" flag: bad format of filter (expected"
                    .formatted(value)
                + " name=value)");
      }
      var name = value.substring(0, equals).trim().toLowerCase(Locale.ROOT);
      var text = value.substring(equals + 1).trim();
      if (name.equals("until") || name.equals("unused-for")) {
        if (ages.contains(name)) {
          throw BuildException.failed("\"" + name + "\" filter expects only one value");
        }
        ages.add(name);
        age = GoValues.parseDuration(text);
        if (age.isEmpty()) {
          throw BuildException.failed("\"" + name + "\" filter expects a duration (e.g., '24h')");
        }
      } else if (name.equals("id")) {
        clauses.add("id~=" + text);
      } else if (name.endsWith("!") || name.endsWith("~")) {
        clauses.add(name + "=" + text);
      } else {
        clauses.add(name + "==" + text);
      }
    }
    if (ages.size() > 1) {
      throw BuildException.failed("conflicting filters \"until\" and \"unused-for\"");
    }
    return new UsageFilters(String.join(",", clauses), age.orElse(0));
  }
}
