package org.jbuildkit.buildx.store;

import java.util.List;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.jbuildkit.base.BuildException;

/** Names of builders and nodes. */
public final class BuilderName {
  private static final Pattern FORM = Pattern.compile("[a-zA-Z][a-zA-Z0-9.\\-_]*");
  private static final List<String> ADJECTIVES =
      List.of(
          "admiring",
          "bold",
          "brave",
          "busy",
          "clever",
          "cool",
          "eager",
          "elegant",
          "epic",
          "fervent",
          "focused",
          "gallant",
          "happy",
          "hopeful",
          "jolly",
          "keen",
          "kind",
          "lucid",
          "modest",
          "nifty",
          "patient",
          "quirky",
          "serene",
          "sharp",
          "stoic",
          "sweet",
          "trusting",
          "upbeat",
          "vibrant",
          "wizardly",
          "zealous",
          "zen");
  private static final List<String> SURNAMES =
      List.of(
          "babbage",
          "bell",
          "bohr",
          "boyd",
          "curie",
          "darwin",
          "dijkstra",
          "euclid",
          "euler",
          "fermat",
          "franklin",
          "galileo",
          "gauss",
          "germain",
          "hopper",
          "jackson",
          "kepler",
          "knuth",
          "lamarr",
          "lovelace",
          "mccarthy",
          "newton",
          "noether",
          "pascal",
          "pasteur",
          "ritchie",
          "shannon",
          "tesla",
          "thompson",
          "torvalds",
          "turing",
          "wiles");

  private BuilderName() {}

  /**
   * The name as files have it.
   *
   * @throws BuildException if it is none
   */
  public static String normalized(String name) {
    if (!FORM.matcher(name).matches()) {
      throw BuildException.failed(
          "invalid name "
              + name
              + ", name needs to start with a letter and may not contain symbols, except ._-");
    }
    return name.toLowerCase(Locale.ROOT);
  }

  public static boolean isValid(String name) {
    return FORM.matcher(name).matches();
  }

  /** A name for a builder that was not given one. */
  public static String random() {
    var random = ThreadLocalRandom.current();
    return ADJECTIVES.get(random.nextInt(ADJECTIVES.size()))
        + "_"
        + SURNAMES.get(random.nextInt(SURNAMES.size()));
  }
}
