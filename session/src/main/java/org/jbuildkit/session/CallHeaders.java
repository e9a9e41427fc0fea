package org.jbuildkit.session;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;

/** Makes a call's metadata known to the service method that handles it. */
public final class CallHeaders implements ServerInterceptor {
  private static final Context.Key<Metadata> HEADERS = Context.key("headers");

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    var context = Context.current().withValue(HEADERS, headers);
    return Contexts.interceptCall(context, call, headers, next);
  }

  /** The metadata of the call that the current thread handles; empty outside of one. */
  public static Metadata current() {
    return Optional.ofNullable(HEADERS.get()).orElseGet(Metadata::new);
  }

  /** The name as a metadata key for text. */
  public static Metadata.Key<String> key(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }

  public static Optional<String> first(Metadata headers, String name) {
    return all(headers, name).stream().findFirst();
  }

  /** All values, in the order in which they were sent. */
  public static List<String> all(Metadata headers, String name) {
    var values = headers.getAll(key(name));
    return values == null ? List.of() : StreamSupport.stream(values.spliterator(), false).toList();
  }
}
