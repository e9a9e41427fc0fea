package org.jbuildkit.dockerfile;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Lines of cells in columns as wide as their widest cell; last cells are not padded. */
final class TextTable {
  private final int padding;
  private final List<List<String>> rows = new ArrayList<>();

  /**
   * @param padding blanks behind the widest cell of a column
   */
  TextTable(int padding) {
    this.padding = padding;
  }

  TextTable row(String... cells) {
    rows.add(List.of(cells));
    return this;
  }

  /** All lines with their ends. All rows have equally many cells. */
  String write() {
    var out = new StringBuilder();
    var widths = IntStream.range(0, rows.getFirst().size()).map(this::width).toArray();
    for (var row : rows) {
      for (int i = 0; i < row.size(); i++) {
        var cell = row.get(i);
        out.append(cell);
        if (i < row.size() - 1) {
          out.append(" ".repeat(widths[i] - length(cell)));
        }
      }
      out.append('\n');
    }
    return out.toString();
  }

  private int width(int column) {
    return rows.stream().mapToInt(row -> length(row.get(column))).max().orElse(0) + padding;
  }

  private static int length(String cell) {
    return cell.codePointCount(0, cell.length());
  }
}
