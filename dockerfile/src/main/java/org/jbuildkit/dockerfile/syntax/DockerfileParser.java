package org.jbuildkit.dockerfile.syntax;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jbuildkit.base.GoSpace;

/**
 * Cuts a Dockerfile into logical lines: directives, comments, continuations and here-documents, as
 * in BuildKit's {@code frontend/dockerfile/parser}.
 */
public final class DockerfileParser {
  private static final int MAX_LINE = 65535;
  private static final Pattern DIRECTIVE =
      Pattern.compile("^\\s*#\\s*([A-Za-z][A-Za-z0-9]*)\\s*=\\s*(\\S.*)$");
  private static final Pattern HEREDOC = Pattern.compile("(?s)\\d*<<(-?)[\\t\\n\\f\\r ]*([^<]*)");
  private static final Set<String> WITH_HEREDOCS = Set.of("RUN", "COPY", "ADD");

  private final List<String> source;
  private final List<Line> lines = new ArrayList<>();
  private final List<String> comments = new ArrayList<>();
  private char escape = '\\';
  private int directives;
  private boolean skippedEmpty;
  private int at;

  private DockerfileParser(List<String> source) {
    this.source = source;
  }

  /**
   * @throws SyntaxException for what is no Dockerfile
   */
  public static ParsedFile parse(byte[] data) {
    var text = RawText.decode(data);
    if (text.startsWith("\uFEFF")) {
      text = text.substring(1);
    }
    if (text.isEmpty()) {
      throw new SyntaxException("the Dockerfile cannot be empty", 0, 0);
    }
    var parser = new DockerfileParser(split(text));
    parser.readDirectives();
    parser.readLines();
    if (parser.lines.isEmpty()) {
      int last = parser.source.size();
      throw new SyntaxException("file with no instructions", last, last);
    }
    return new ParsedFile(parser.lines, parser.escape);
  }

  /** Physical lines with their line ends, so that documents keep them. */
  private static List<String> split(String text) {
    var lines = new ArrayList<String>();
    int start = 0;
    while (start < text.length()) {
      int end = text.indexOf('\n', start);
      int next = end < 0 ? text.length() : end + 1;
      lines.add(text.substring(start, next));
      start = next;
    }
    return lines;
  }

  private static String withoutEnd(String line) {
    int end = line.length();
    while (end > 0 && (line.charAt(end - 1) == '\n' || line.charAt(end - 1) == '\r')) {
      end--;
    }
    return line.substring(0, end);
  }

  private void readDirectives() {
    var seen = new HashSet<String>();
    for (int i = 0; i < source.size(); i++) {
      var match = DIRECTIVE.matcher(withoutEnd(source.get(i)));
      if (!match.matches()) {
        return;
      }
      var name = match.group(1).toLowerCase(Locale.ROOT);
      if (!Set.of("syntax", "escape", "check").contains(name)) {
        return;
      }
      if (!seen.add(name)) {
        throw new SyntaxException(
            "only one " + name + " parser directive can be used", i + 1, i + 1);
      }
      if (name.equals("escape")) {
        escape = escapeOf(match.group(2).strip(), i + 1);
      }
      directives++;
    }
  }

  private static char escapeOf(String value, int line) {
    if (!value.equals("`") && !value.equals("\\")) {
      throw new SyntaxException(
          "invalid escape token '" + value + "' does not match ` or \\", line, line);
    }
    return value.charAt(0);
  }

  private void readLines() {
    while (at < source.size()) {
      int first = at;
      var physical = next();
      if (isComment(physical)) {
        if (first >= directives) {
          comment(GoSpace.trim(physical.substring(1)));
        }
      } else if (!GoSpace.isBlank(physical)) {
        readLine(GoSpace.trimStart(physical), first + 1);
        comments.clear();
      }
    }
  }

  /** Comments belong to the next instruction, unless an empty one stands between. */
  private void comment(String text) {
    if (text.isEmpty()) {
      comments.clear();
    } else {
      comments.add(text);
    }
  }

  private String next() {
    if (!isScannable(source.get(at))) {
      throw new SyntaxException(
          "dockerfile line greater than max allowed size of " + MAX_LINE, at, at);
    }
    return RawText.readable(withoutEnd(source.get(at++)));
  }

  /** Whether upstream's reader of lines would take the line, with its end, in. */
  private static boolean isScannable(String line) {
    return line.length() <= MAX_LINE / 3 || RawText.encode(line).length <= MAX_LINE;
  }

  private static boolean isComment(String line) {
    return GoSpace.trimStart(line).startsWith("#");
  }

  private void readLine(String first, int firstLine) {
    var logical = new StringBuilder();
    var piece = Optional.of(first);
    boolean open = true;
    skippedEmpty = false;
    while (open) {
      var continued = continued(piece.orElse(""));
      logical.append(continued.orElse(piece.orElse("")));
      open = continued.isPresent();
      if (open) {
        piece = continuation();
        open = piece.isPresent();
      }
    }
    add(logical.toString(), firstLine);
  }

  /** The next line that counts of an instruction that goes on; empty at the end of the file. */
  private Optional<String> continuation() {
    while (at < source.size()) {
      var line = next();
      boolean isBlank = GoSpace.isBlank(line);
      if (!isBlank && !isComment(line)) {
        return Optional.of(line);
      }
      skippedEmpty |= isBlank;
    }
    return Optional.empty();
  }

  /** The line without its escape if it goes on in the next one. */
  private Optional<String> continued(String line) {
    int last = line.length() - 1;
    while (last >= 0 && (line.charAt(last) == ' ' || line.charAt(last) == '\t')) {
      last--;
    }
    boolean ends = last >= 0 && line.charAt(last) == escape;
    boolean escaped = last > 0 && line.charAt(last - 1) == escape;
    return ends && !escaped ? Optional.of(line.substring(0, last)) : Optional.empty();
  }

  private void add(String logical, int firstLine) {
    var line = split(GoSpace.trim(logical), escape, firstLine, at);
    InstructionReader.check(line, escape);
    var heredocs = new ArrayList<Heredoc>();
    if (logical.contains("<<") && takesHeredocs(line)) {
      for (var word : Words.split(logical)) {
        heredocMarker(word).ifPresent(marker -> heredocs.add(readBody(marker, firstLine)));
      }
    }
    lines.add(
        new Line(
            line.keyword(),
            line.flags(),
            line.rest(),
            line.original(),
            heredocs,
            comments,
            skippedEmpty,
            firstLine,
            at));
  }

  private static boolean takesHeredocs(Line line) {
    var keyword = line.keyword().toUpperCase(Locale.ROOT);
    if (keyword.equals("ONBUILD")) {
      var inner = line.rest().split("\\s+", 2)[0].toUpperCase(Locale.ROOT);
      return WITH_HEREDOCS.contains(inner);
    }
    return WITH_HEREDOCS.contains(keyword) && JsonForm.parse(line.rest()).isEmpty();
  }

  /** The document that a word announces, its body still empty. */
  public static Optional<Heredoc> heredocMarker(String word) {
    var match = HEREDOC.matcher(word);
    if (!match.matches()) {
      return Optional.empty();
    }
    var rest = match.group(2);
    var names = Words.split(rest, Words.Style.NAME);
    if (names.size() != 1) {
      return Optional.empty();
    }
    var name = names.getFirst();
    boolean isQuoted =
        quotes(Words.expand(rest, '\\', _ -> null, Words.Style.DISPLAY)) != quotes(name);
    return Optional.of(new Heredoc(name, !isQuoted, match.group(1).equals("-"), ""));
  }

  private static long quotes(String text) {
    return text.chars().filter(c -> c == '\'' || c == '"').count();
  }

  private Heredoc readBody(Heredoc marker, int firstLine) {
    var body = new StringBuilder();
    while (at < source.size() && isScannable(source.get(at))) {
      var raw = source.get(at++);
      var line = withoutEnd(raw);
      if (line.substring(marker.chomps() ? tabs(line) : 0).equals(marker.name())) {
        return new Heredoc(marker.name(), marker.expands(), marker.chomps(), body.toString());
      }
      body.append(raw);
    }
    throw new SyntaxException("unterminated heredoc", firstLine, at);
  }

  private static int tabs(String line) {
    int tabs = 0;
    while (tabs < line.length() && line.charAt(tabs) == '\t') {
      tabs++;
    }
    return tabs;
  }

  /** The instruction that an ONBUILD holds. */
  static Line inner(Line line, char escape) {
    return split(line.rest(), escape, line.firstLine(), line.lastLine());
  }

  /** Keyword, flags and the rest of a logical line. */
  private static Line split(String logical, char escape, int firstLine, int lastLine) {
    var parts = logical.split("[\t\u000b\f\r ]+", 2);
    var scan = new FlagScan(parts.length > 1 ? parts[1] : "", escape);
    var flags = scan.flags();
    return new Line(
        parts[0], flags, scan.rest(), logical, List.of(), List.of(), false, firstLine, lastLine);
  }

  /** An instruction's text by itself, for triggers. */
  public static Line parseTrigger(String text, int firstLine, int lastLine) {
    var parsed = parse(RawText.encode(text));
    if (parsed.lines().size() != 1) {
      throw new SyntaxException(
          "onbuild trigger should be a single expression", firstLine, lastLine);
    }
    var line = parsed.lines().getFirst();
    return new Line(
        line.keyword(),
        line.flags(),
        line.rest(),
        line.original(),
        line.heredocs(),
        List.of(),
        false,
        firstLine,
        lastLine);
  }
}
