package org.jbuildkit.oci.registry;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One request; its body can be sent again.
 *
 * @param headers names are matched without regard to case
 */
record HttpCall(String method, URI uri, SortedMap<String, String> headers, Body body) {
  HttpCall {
    var own = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
    own.putAll(headers);
    headers = Collections.unmodifiableSortedMap(own);
  }

  HttpCall(String method, URI uri, Map<String, String> headers) {
    this(method, uri, new TreeMap<>(headers), Body.NONE);
  }

  /** Bytes to send. */
  interface Body {
    /** No bytes. */
    Body NONE = of(new byte[0]);

    long size();

    /** Whether it is meant for the address it is sent to and no other. */
    default boolean isSecret() {
      return false;
    }

    /** From the beginning; the caller closes. */
    InputStream open() throws IOException;

    static Body of(byte[] bytes) {
      return of(bytes, false);
    }

    /** What no redirect takes elsewhere. */
    static Body secret(byte[] bytes) {
      return of(bytes, true);
    }

    private static Body of(byte[] bytes, boolean isSecret) {
      return new Body() {
        @Override
        public boolean isSecret() {
          return isSecret;
        }

        @Override
        public long size() {
          return bytes.length;
        }

        @Override
        public InputStream open() {
          return new ByteArrayInputStream(bytes);
        }
      };
    }
  }

  HttpCall with(String header, String value) {
    var changed = new TreeMap<>(headers);
    changed.put(header, value);
    return new HttpCall(method, uri, changed, body);
  }

  HttpCall without(String header) {
    var changed = new TreeMap<>(headers);
    changed.remove(header);
    return new HttpCall(method, uri, changed, body);
  }

  HttpCall as(String changedMethod) {
    return new HttpCall(changedMethod, uri, headers, body);
  }

  HttpCall to(URI target) {
    return new HttpCall(method, target, headers, body);
  }

  /** Whether credentials for one address are meant for the other too. */
  static boolean isSameOrigin(URI one, URI other) {
    return one.getScheme().equalsIgnoreCase(other.getScheme())
        && one.getAuthority().equalsIgnoreCase(other.getAuthority());
  }
}
