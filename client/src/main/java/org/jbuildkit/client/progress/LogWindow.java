package org.jbuildkit.client.progress;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The last rows of a step's output as a small terminal shows them: cursor movements and erasures
 * count, attributes don't.
 */
final class LogWindow {
  private static final int ESCAPE = 0x1b;
  private static final int MAX_SEQUENCE = 64;

  private final List<int[]> rows = new ArrayList<>();
  private int width;
  private int row;
  private int column;
  private int savedRow;
  private int savedColumn;
  private byte[] pending = new byte[0];

  LogWindow(int height, int width) {
    this.width = Math.max(1, width);
    resize(height, width);
  }

  /** Changes the size; rows and columns beyond it are lost. */
  void resize(int height, int newWidth) {
    width = Math.max(1, newWidth);
    int wanted = Math.max(1, height);
    while (rows.size() > wanted) {
      rows.removeLast();
    }
    rows.replaceAll(cells -> {
      var copy = Arrays.copyOf(cells, width);
      if (width > cells.length) {
        Arrays.fill(copy, cells.length, width, ' ');
      }
      return copy;
    });
    while (rows.size() < wanted) {
      rows.add(blank());
    }
  }

  private int[] blank() {
    var cells = new int[width];
    Arrays.fill(cells, ' ');
    return cells;
  }

  /** The rows that show anything. */
  List<String> visible() {
    return rows.stream()
        .filter(cells -> Arrays.stream(cells).anyMatch(cell -> cell != ' '))
        .map(cells -> new String(cells, 0, cells.length))
        .toList();
  }

  void write(byte[] output) {
    var all = Arrays.copyOf(pending, pending.length + output.length);
    System.arraycopy(output, 0, all, pending.length, output.length);
    int end = complete(all);
    var text = new String(all, 0, end, StandardCharsets.UTF_8).codePoints().toArray();
    int at = 0;
    while (at < text.length) {
      if (text[at] != ESCAPE) {
        character(text[at++]);
        continue;
      }
      int next = sequence(text, at + 1);
      if (next < 0) {
        break;
      }
      at = next;
    }
    var rest = new String(text, at, text.length - at).getBytes(StandardCharsets.UTF_8);
    pending = Arrays.copyOf(rest, rest.length + all.length - end);
    System.arraycopy(all, end, pending, rest.length, all.length - end);
  }

  /** How many bytes end with a whole character. */
  private static int complete(byte[] bytes) {
    int lead = bytes.length - 1;
    while (lead >= 0 && bytes.length - lead < 4 && (bytes[lead] & 0xC0) == 0x80) {
      lead--;
    }
    if (lead < 0) {
      return bytes.length;
    }
    int first = bytes[lead] & 0xFF;
    int length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1;
    return bytes.length - lead < length ? lead : bytes.length;
  }

  private void character(int c) {
    switch (c) {
      case '\b' -> backspace();
      case '\r' -> column = 0;
      case '\n' -> {
        column = 0;
        row++;
      }
      case '\t' -> put(' ');
      default -> {
        if (c >= ' ' && c != 0x7F) {
          put(c);
        }
      }
    }
  }

  private void backspace() {
    if (column > 0) {
      column--;
    } else if (row > 0) {
      row--;
      column = width - 1;
    }
  }

  private void put(int c) {
    if (column >= width) {
      column = 0;
      row++;
    }
    while (row >= rows.size()) {
      rows.removeFirst();
      rows.add(blank());
      row--;
    }
    rows.get(row)[column++] = c;
  }

  /** Carries out the sequence that starts here; the result is where text goes on, -1 if cut off. */
  private int sequence(int[] text, int at) {
    if (at >= text.length) {
      return -1;
    }
    if (text[at] != '[') {
      switch (text[at]) {
        case '7' -> save();
        case '8' -> restore();
        default -> {}
      }
      return at + 1;
    }
    int end = at + 1;
    while (end < text.length && (text[end] < '@' || text[end] > '~')) {
      end++;
      if (end - at > MAX_SEQUENCE) {
        return end;
      }
    }
    if (end == text.length) {
      return -1;
    }
    command((char) text[end], new String(text, at + 1, end - at - 1));
    return end + 1;
  }

  private static int number(String parameters, int index, int preset) {
    var parts = parameters.split(";", -1);
    return index < parts.length && parts[index].matches("[0-9]{1,6}")
        ? Integer.parseInt(parts[index])
        : preset;
  }

  private void command(char kind, String parameters) {
    int count = number(parameters, 0, 1);
    switch (kind) {
      case 'A' -> row = Math.max(0, row - count);
      case 'B' -> row = Math.min(rows.size() - 1, row + count);
      case 'C' -> column = Math.min(width - 1, column + count);
      case 'D' -> column = Math.max(0, column - count);
      case 'H', 'f' -> {
        row = Math.clamp(count - 1, 0, rows.size() - 1);
        column = Math.clamp(number(parameters, 1, 1) - 1, 0, width - 1);
      }
      case 's' -> save();
      case 'u' -> restore();
      case 'K' -> eraseColumns(number(parameters, 0, 0));
      case 'J' -> eraseRows(number(parameters, 0, 0));
      default -> {}
    }
  }

  private void save() {
    savedRow = row;
    savedColumn = column;
  }

  private void restore() {
    row = Math.min(savedRow, rows.size() - 1);
    column = Math.min(savedColumn, width - 1);
  }

  private void eraseColumns(int direction) {
    if (row < rows.size()) {
      int from = direction == 0 ? Math.min(column, width) : 0;
      int to = direction == 1 ? Math.min(column + 1, width) : width;
      Arrays.fill(rows.get(row), from, to, ' ');
    }
  }

  private void eraseRows(int direction) {
    int from = direction == 0 ? Math.min(row, rows.size()) : 0;
    int to = direction == 1 ? Math.min(row + 1, rows.size()) : rows.size();
    for (int i = from; i < to; i++) {
      Arrays.fill(rows.get(i), ' ');
    }
  }
}
