package org.jbuildkit.systemtests;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Locale;
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

  private static final Pattern UNREACHED =
      Pattern.compile(
          "failed to resolve source metadata for (?:docker.io/(?:library/)?)?([^ ]+): failed to do request");

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

  /**
   * What both make of a file, all whose images are the registry's, also those whose names only come
   * of the file.
   */
  static ConversionPair.Answers ask(String request, String text, ConversionPair pair)
      throws IOException, InterruptedException {
    var options = new LinkedHashMap<String, String>();
    var images = new TreeSet<>(images(text));
    while (true) {
      for (var image : images) {
        if (!options.containsKey("context:" + image)) {
          options.put("context:" + image, pair.tagged("base", "t" + options.size()));
        }
      }
      var answers = pair.ask(request, new ConversionAnswers.Question(text, options));
      var unknown = UNREACHED.matcher(answers.ours());
      if (!unknown.find() || !images.add(unknown.group(1).replaceFirst(":latest$", ""))) {
        return answers;
      }
    }
  }
}
