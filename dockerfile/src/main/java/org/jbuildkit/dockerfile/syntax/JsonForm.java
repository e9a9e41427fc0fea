package org.jbuildkit.dockerfile.syntax;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jbuildkit.base.Json;

/** The list form of arguments: a JSON array of texts. */
final class JsonForm {
  static final String NOT_TEXTS =
      "when using JSON array syntax, arrays must be comprised of strings only";

  private JsonForm() {}

  /**
   * The elements, or empty if the text is no complete JSON array.
   *
   * @throws IllegalArgumentException if it is one of other things than texts
   */
  static Optional<List<String>> parse(String text) {
    var trimmed = text.stripLeading();
    if (!trimmed.startsWith("[")) {
      return Optional.empty();
    }
    Json json;
    try {
      json = Json.parse(trimmed);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    if (!(json instanceof Json.Arr(List<Json> elements))) {
      return Optional.empty();
    }
    var texts = new ArrayList<String>();
    for (var element : elements) {
      if (!(element instanceof Json.Str(String value))) {
        throw new IllegalArgumentException(NOT_TEXTS);
      }
      texts.add(value);
    }
    return Optional.of(texts);
  }
}
