package org.jbuildkit.systemtests;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What the corpus of Dockerfiles names. */
final class CorpusFiles {
  private static final Pattern IMAGE =
      Pattern.compile(
          "(?im)(?:^[ \\t]*FROM[ \\t]+(?:--platform=\\S+[ \\t]+)?|--from=|,from=)([^\\s,]+)");
  private static final Pattern STAGE = Pattern.compile("(?im)^[ \\t]*FROM.*[ \\t]AS[ \\t]+(\\S+)");

  private CorpusFiles() {}

  /** Images that are named as such, and so need not be looked for. */
  static Set<String> images(String text) {
    var names =
        IMAGE.matcher(text).results().map(match -> match.group(1)).collect(Collectors.toSet());
    var stages =
        STAGE
            .matcher(text)
            .results()
            .map(match -> match.group(1).toLowerCase(Locale.ROOT))
            .toList();
    var images = new TreeSet<>(names);
    images.removeIf(name ->
        name.contains("$")
            || name.matches("scratch|[0-9]+")
            || stages.contains(name.toLowerCase(Locale.ROOT)));
    return images;
  }

  /** Options by which all images are the registry's. */
  static Map<String, String> options(String text, ConversionPair pair) {
    var options = new LinkedHashMap<String, String>();
    for (var image : images(text)) {
      options.put("context:" + image, "docker-image://" + pair.image("base"));
    }
    return options;
  }
}
