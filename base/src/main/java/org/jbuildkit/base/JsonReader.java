package org.jbuildkit.base;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/** Reads JSON with Jackson's streaming parser, with bounds on depth and sizes. */
final class JsonReader {
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(200)
                  .maxStringLength(64 << 20)
                  .maxNumberLength(100)
                  .build())
          .build();

  /** Far beyond what Go reads; a few characters could stand for a number of a billion digits. */
  private static final int MAX_EXPONENT = 1000;

  private JsonReader() {}

  static Json read(byte[] document) {
    try (var parser = FACTORY.createParser(document)) {
      var value = value(parser, parser.nextToken());
      if (parser.nextToken() != null) {
        throw new IllegalArgumentException("more after the end of the JSON document");
      }
      return value;
    } catch (IOException e) {
      throw new IllegalArgumentException("invalid JSON: " + BuildException.describe(e), e);
    }
  }

  private static Json value(JsonParser parser, @Nullable JsonToken token) throws IOException {
    if (token == null) {
      throw new IllegalArgumentException("unexpected end of JSON input");
    }
    return switch (token) {
      case START_OBJECT -> object(parser);
      case START_ARRAY -> array(parser);
      case VALUE_STRING -> new Json.Str(parser.getText());
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number(parser);
      case VALUE_TRUE -> new Json.Bool(true);
      case VALUE_FALSE -> new Json.Bool(false);
      case VALUE_NULL -> new Json.Null();
      default -> throw new IllegalArgumentException("unexpected JSON token " + token);
    };
  }

  private static Json number(JsonParser parser) throws IOException {
    var value = parser.getDecimalValue();
    if (Math.abs((long) value.scale()) > MAX_EXPONENT) {
      throw new IllegalArgumentException("number out of range: " + parser.getText());
    }
    return new Json.Num(value);
  }

  private static Json object(JsonParser parser) throws IOException {
    var members = new LinkedHashMap<String, Json>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      var name = parser.currentName();
      members.put(name, value(parser, parser.nextToken()));
    }
    return new Json.Obj(members);
  }

  private static Json array(JsonParser parser) throws IOException {
    var elements = new ArrayList<Json>();
    for (var token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
      elements.add(value(parser, token));
    }
    return new Json.Arr(elements);
  }
}
