package org.jbuildkit.engine.usage;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jbuildkit.base.Json;

/** How long work had to wait for something, as the kernel's files of pressure say it. */
public final class Pressure {
  private Pressure() {}

  /** The document of a file; empty where there is none. */
  public static Optional<Json> read(Path file) {
    try {
      return Files.exists(file) ? Optional.of(parse(Files.readString(file))) : Optional.empty();
    } catch (IOException | IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  static Json parse(String text) {
    return Json.object().put("some", part(text, "some")).put("full", part(text, "full")).build();
  }

  private static Json part(String text, String name) {
    var line = text.lines().filter(found -> found.startsWith(name + " ")).findFirst();
    if (line.isEmpty()) {
      return new Json.Null();
    }
    var json = Json.object();
    for (var key : new String[] {"avg10", "avg60", "avg300", "total"}) {
      json.put(key, value(line.get(), key));
    }
    return json.build();
  }

  private static Json value(String line, String key) {
    for (var word : line.split(" ", -1)) {
      if (word.startsWith(key + "=")) {
        return new Json.Num(CpuTimes.plain(new BigDecimal(word.substring(key.length() + 1))));
      }
    }
    return new Json.Null();
  }
}
