package org.jbuildkit.dockerfile.syntax;

import java.util.List;

/** A Dockerfile's logical lines and the escape character it chose. */
public record ParsedFile(List<Line> lines, char escape) {
  public ParsedFile {
    lines = List.copyOf(lines);
  }
}
