package org.jbuildkit.oci.registry;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.util.OptionalLong;

/**
 * An answer whose body is still to be read; closing drops what was not.
 *
 * @param uri that answered, after redirects
 */
record HttpAnswer(String method, URI uri, int status, HttpHeaders headers, InputStream body)
    implements AutoCloseable {

  String header(String name) {
    return headers.firstValue(name).orElse("");
  }

  OptionalLong length() {
    return header("Content-Length").matches("[0-9]{1,18}")
        ? OptionalLong.of(Long.parseLong(header("Content-Length")))
        : OptionalLong.empty();
  }

  /** The media type without parameters. */
  String mediaType() {
    return header("Content-Type").replaceFirst(";.*$", "").trim();
  }

  boolean isSuccess() {
    return status >= 200 && status < 300;
  }

  @Override
  public void close() throws IOException {
    body.close();
  }
}
