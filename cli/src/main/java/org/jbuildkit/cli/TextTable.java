package org.jbuildkit.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Columns that are as wide as their widest cell among neighbouring lines. Cells end with a tab;
 * what follows the last tab of a line belongs to no column.
 */
public final class TextTable {
  private static final int TAB = 8;

  private final PrintStream out;
  private final boolean tabs;
  private final int minimum;
  private final int padding;
  private final List<List<String>> lines = new ArrayList<>();

  private TextTable(PrintStream out, boolean tabs, int minimum, int padding) {
    this.out = out;
    this.tabs = tabs;
    this.minimum = minimum;
    this.padding = padding;
  }

  /** Pads with tabs to multiples of eight columns. */
  public static TextTable withTabs(PrintStream out) {
    return new TextTable(out, true, 1, 1);
  }

  /** Pads with spaces. */
  public static TextTable withSpaces(PrintStream out) {
    return new TextTable(out, false, 0, 1);
  }

  /** Pads with spaces; columns are far apart, as Docker's listings have them. */
  public static TextTable wide(PrintStream out) {
    return new TextTable(out, false, 10, 3);
  }

  /** Adds a line whose cells are separated by tabs. */
  public void line(String text) {
    lines.add(List.of(text.split("\t", -1)));
  }

  /** Prints what was added; later lines are laid out anew. */
  public void flush() {
    var widths = new int[lines.size()][];
    for (int i = 0; i < lines.size(); i++) {
      widths[i] = new int[lines.get(i).size() - 1];
    }
    for (int row = 0; row < lines.size(); row++) {
      for (int column = 0; column < widths[row].length; column++) {
        if (widths[row][column] == 0) {
          measure(row, column, widths);
        }
      }
    }
    var text = new StringBuilder();
    for (int row = 0; row < lines.size(); row++) {
      append(lines.get(row), widths[row], text);
    }
    out.print(text);
    out.flush();
    lines.clear();
  }

  /** Widths of one column in all neighbouring lines that have it. */
  private void measure(int first, int column, int[][] widths) {
    int widest = 0;
    int end = first;
    while (end < lines.size() && column < widths[end].length) {
      widest = Math.max(widest, length(lines.get(end).get(column)));
      end++;
    }
    int width = Math.max(minimum, widest + padding);
    for (int row = first; row < end; row++) {
      widths[row][column] = width;
    }
  }

  private static int length(String cell) {
    return cell.codePointCount(0, cell.length());
  }

  private void append(List<String> cells, int[] widths, StringBuilder text) {
    for (int i = 0; i < widths.length; i++) {
      var cell = cells.get(i);
      text.append(cell);
      if (tabs) {
        int rounded = (widths[i] + TAB - 1) / TAB * TAB;
        text.append("\t".repeat((rounded - length(cell) + TAB - 1) / TAB));
      } else {
        text.append(" ".repeat(widths[i] - length(cell)));
      }
    }
    text.append(cells.getLast()).append('\n');
  }
}
