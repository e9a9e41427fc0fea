package org.jbuildkit.engine.trace;

import com.google.protobuf.ByteString;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A place in a trace, as it travels with a call.
 *
 * @param traceId 32 hexadecimal digits
 * @param spanId 16 hexadecimal digits
 * @param flags two hexadecimal digits
 * @param state what other systems say of the trace; may be empty
 */
public record TraceContext(String traceId, String spanId, String flags, String state) {
  private static final Pattern HEADER =
      Pattern.compile("([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?");
  private static final SecureRandom RANDOM = new SecureRandom();

  /** The place that a {@code traceparent} names; empty if it names none. */
  public static Optional<TraceContext> parse(String parent, String state) {
    var match = HEADER.matcher(parent);
    if (!match.matches()
        || match.group(1).equals("ff")
        || (match.group(1).equals("00") && match.group(5) != null)
        || match.group(2).equals("0".repeat(32))
        || match.group(3).equals("0".repeat(16))) {
      return Optional.empty();
    }
    return Optional.of(new TraceContext(match.group(2), match.group(3), match.group(4), state));
  }

  /** The beginning of a trace. */
  public static TraceContext start() {
    return new TraceContext(random(16), random(8), "01", "");
  }

  /** A new span's place, below this one. */
  public TraceContext child() {
    return new TraceContext(traceId, random(8), flags, state);
  }

  private static String random(int bytes) {
    var id = new byte[bytes];
    RANDOM.nextBytes(id);
    id[0] |= 1;
    return HexFormat.of().formatHex(id);
  }

  /** The value of {@code traceparent}. */
  public String header() {
    return "00-" + traceId + "-" + spanId + "-" + flags;
  }

  ByteString traceBytes() {
    return ByteString.copyFrom(HexFormat.of().parseHex(traceId));
  }

  ByteString spanBytes() {
    return ByteString.copyFrom(HexFormat.of().parseHex(spanId));
  }
}
