package org.jbuildkit.oci.registry;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Json;
import org.jbuildkit.oci.registry.RegistryException.Kind;

/** Says what went wrong, in upstream's words. */
final class Failures {
  private static final int MAX_BODY = 64_000;
  private static final int MAX_SHOWN = 256;
  private static final Set<String> KNOWN_CODES =
      Set.of("UNKNOWN", "UNSUPPORTED", "UNAUTHORIZED", "DENIED", "UNAVAILABLE", "TOOMANYREQUESTS");

  private Failures() {}

  /** No answer came. */
  static RegistryException transport(String attempt, URI uri, IOException cause) {
    var reason = reason(uri, cause);
    boolean isTemporary =
        reason.equals("EOF")
            || reason.contains("connection reset")
            || reason.contains("broken pipe")
            || cause instanceof ClosedChannelException;
    var kind = isTemporary ? Kind.INTERRUPTED_TRANSPORT : Kind.TRANSPORT;
    return new RegistryException(kind, attempt + reason, cause);
  }

  private static String reason(URI uri, IOException cause) {
    int port = uri.getPort() >= 0 ? uri.getPort() : uri.getScheme().equals("https") ? 443 : 80;
    var peer = uri.getHost() + ":" + port;
    boolean isUnresolved =
        cause instanceof UnknownHostException
            || cause.getCause() instanceof UnresolvedAddressException
            || (cause.getCause() != null
                && cause.getCause().getCause() instanceof UnresolvedAddressException);
    if (isUnresolved) {
      return "dial tcp: lookup " + uri.getHost() + ": no such host";
    }
    if (cause instanceof HttpTimeoutException) {
      return "dial tcp " + peer + ": i/o timeout";
    }
    if (cause instanceof ConnectException) {
      return "dial tcp " + peer + ": connect: connection refused";
    }
    var text = BuildException.describe(cause);
    if (text.contains("received no bytes") || cause instanceof EOFException) {
      return "EOF";
    }
    if (isPlaintext(text)) {
      return "http: server gave HTTP response to HTTPS client";
    }
    if (text.contains("PKIX path")) {
      return "tls: failed to verify certificate: x509: certificate signed by unknown authority";
    }
    if (cause instanceof SocketException || text.equals("Connection reset")) {
      return "read tcp " + peer + ": " + text.toLowerCase(Locale.ROOT) + " by peer";
    }
    return text;
  }

  /** Whether TLS failed since the other side speaks none; the JDK says it only in words. */
  static boolean isPlaintext(String text) {
    return text.toLowerCase(Locale.ROOT).contains("unrecognized ssl message");
  }

  /** An answer came, and it is none that helps. Reads and closes the body. */
  static RegistryException status(HttpAnswer answer) {
    byte[] body;
    try (answer) {
      body = answer.body().readNBytes(MAX_BODY);
    } catch (IOException _) {
      body = new byte[0];
    }
    return status(answer, body);
  }

  static RegistryException status(HttpAnswer answer, byte[] body) {
    var plain =
        "unexpected status from %s request to %s: %d%s"
            .formatted(answer.method(), answer.uri(), answer.status(), name(answer.status()));
    var errors = errors(body, false);
    if (errors.isEmpty()) {
      return new RegistryException(answer.status(), plain, plain + shown(body));
    }
    var detailed = joined(errors(body, true));
    return new RegistryException(answer.status(), plain + "\n" + joined(errors), detailed);
  }

  private static String joined(List<String> errors) {
    return errors.size() == 1 ? errors.getFirst() : "errors:\n" + String.join("\n", errors) + "\n";
  }

  private static String shown(byte[] body) {
    if (body.length == 0) {
      return "";
    }
    try {
      var details = Json.parseObject(body).text("details");
      if (!details.isEmpty()) {
        return ": " + details;
      }
    } catch (IllegalArgumentException _) {
      // Not a document.
    }
    var text = new String(body, 0, Math.min(body.length, MAX_SHOWN), StandardCharsets.UTF_8);
    int left = body.length - MAX_SHOWN;
    return ": " + text + (left > 0 ? "... (" + left + " bytes truncated)" : "");
  }

  private static List<String> errors(byte[] body, boolean withDetails) {
    var texts = new ArrayList<String>();
    try {
      for (var element : Json.parseObject(body).array("errors")) {
        if (element instanceof Json.Obj error) {
          texts.add(error(error, withDetails));
        }
      }
    } catch (IllegalArgumentException _) {
      // Not an error document.
    }
    return texts;
  }

  private static String error(Json.Obj error, boolean withDetails) {
    var code = error.text("code").toUpperCase(Locale.ROOT);
    var shown =
        (KNOWN_CODES.contains(code) ? code : "UNKNOWN").toLowerCase(Locale.ROOT).replace('_', ' ');
    var message = error.text("message");
    var detail = error.text("detail");
    boolean says = !message.isEmpty() && !message.equals(standardMessage(code));
    var text = says || error.get("detail").isPresent() ? shown + ": " + message : shown;
    return withDetails && !detail.isEmpty() ? text + " - " + detail : text;
  }

  private static String standardMessage(String code) {
    return switch (code) {
      case "UNAUTHORIZED" -> "authentication required";
      case "DENIED" -> "requested access to the resource is denied";
      case "UNAVAILABLE" -> "service unavailable";
      case "TOOMANYREQUESTS" -> "too many requests";
      case "UNSUPPORTED" -> "the operation is unsupported";
      default -> "unknown error";
    };
  }

  private static String name(int status) {
    var name =
        switch (status) {
          case 200 -> "OK";
          case 201 -> "Created";
          case 202 -> "Accepted";
          case 204 -> "No Content";
          case 206 -> "Partial Content";
          case 301 -> "Moved Permanently";
          case 302 -> "Found";
          case 307 -> "Temporary Redirect";
          case 400 -> "Bad Request";
          case 401 -> "Unauthorized";
          case 403 -> "Forbidden";
          case 404 -> "Not Found";
          case 405 -> "Method Not Allowed";
          case 408 -> "Request Timeout";
          case 409 -> "Conflict";
          case 411 -> "Length Required";
          case 413 -> "Request Entity Too Large";
          case 416 -> "Requested Range Not Satisfiable";
          case 418 -> "I'm a teapot";
          case 429 -> "Too Many Requests";
          case 500 -> "Internal Server Error";
          case 501 -> "Not Implemented";
          case 502 -> "Bad Gateway";
          case 503 -> "Service Unavailable";
          case 504 -> "Gateway Timeout";
          case 507 -> "Insufficient Storage";
          default -> "";
        };
    return name.isEmpty() ? "" : " " + name;
  }
}
