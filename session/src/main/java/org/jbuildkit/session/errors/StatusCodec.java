package org.jbuildkit.session.errors;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.concurrent.CancellationException;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.base.ErrorDetail;

/** Turns errors into gRPC statuses and back. */
public final class StatusCodec {
  private StatusCodec() {}

  /** What a handler answers when {@code error} ended it. */
  public static StatusRuntimeException encode(Throwable error) {
    return StatusProto.toStatusRuntimeException(toProto(error));
  }

  /** The status as a message, with all details. */
  public static com.google.rpc.Status toProto(Throwable error) {
    var found = asBuildException(error);
    var status =
        com.google.rpc.Status.newBuilder()
            .setCode(found.code().number())
            .setMessage(wireText(found));
    var outermostFirst = new ArrayList<>(found.details());
    Collections.reverse(outermostFirst);
    for (var detail : outermostFirst) {
      DetailCodec.encode(detail).ifPresent(status::addDetails);
    }
    return status.build();
  }

  /** The text without what {@link #fromProto} put before it, if the error came from a peer. */
  private static String wireText(BuildException error) {
    var text = BuildException.describe(error);
    for (var detail : error.details()) {
      var lead = lead(detail);
      text = lead.isEmpty() || !text.startsWith(lead) ? text : text.substring(lead.length());
    }
    var kind = name(error.code()) + ": ";
    return error.code() != ErrorCode.UNKNOWN && text.startsWith(kind)
        ? text.substring(kind.length())
        : text;
  }

  /** What Go clients put before the text of an error with such a detail. */
  private static String lead(ErrorDetail detail) {
    return switch (detail) {
      case ErrorDetail.UnsupportedSubrequest(String name) -> "unsupported request " + name + ": ";
      case ErrorDetail.UnsupportedFrontendCap(String name) ->
          "unsupported frontend capability " + name + ": ";
      default -> "";
    };
  }

  private static BuildException asBuildException(Throwable error) {
    return switch (error) {
      case BuildException e -> e;
      case InterruptedException e -> new BuildException(ErrorCode.CANCELLED, "context canceled", e);
      case InterruptedIOException e ->
          new BuildException(ErrorCode.CANCELLED, "context canceled", e);
      case CancellationException e ->
          new BuildException(ErrorCode.CANCELLED, "context canceled", e);
      case StatusRuntimeException e -> decodeStream(e);
      case StatusException e -> decodeStream(e);
      case OutOfMemoryError e ->
          new BuildException(ErrorCode.RESOURCE_EXHAUSTED, "out of memory", e);
      case null -> BuildException.failed("unknown error");
      default -> fromCause(error);
    };
  }

  /** An I/O error that only carries a typed one keeps that one's kind and details. */
  private static BuildException fromCause(Throwable error) {
    var text = BuildException.describe(error);
    return error.getCause() instanceof BuildException inner
        ? new BuildException(inner.code(), text, inner)
        : new BuildException(ErrorCode.UNKNOWN, text, error);
  }

  /** The error of a unary call: the kind is named in the text unless it is Unknown. */
  public static BuildException decode(Throwable error) {
    return switch (error) {
      case BuildException e -> e;
      case StatusRuntimeException _, StatusException _ -> {
        var proto = StatusProto.fromThrowable(error);
        yield proto == null ? asBuildException(error) : fromProto(proto);
      }
      default -> asBuildException(error);
    };
  }

  /** The error of a stream: the text keeps the whole frame that Go's gRPC prints. */
  public static BuildException decodeStream(Throwable error) {
    if (!(error instanceof StatusRuntimeException) && !(error instanceof StatusException)) {
      return asBuildException(error);
    }
    var proto = StatusProto.fromThrowable(error);
    if (proto == null) {
      return new BuildException(ErrorCode.UNKNOWN, BuildException.describe(error), error);
    }
    var code = ErrorCode.ofNumber(proto.getCode());
    return withDetails(
        new BuildException(code, rpcText(code, proto.getMessage())), proto.getDetailsList());
  }

  /** The error a status message stands for, as a unary call would give it. */
  public static BuildException fromProto(com.google.rpc.Status proto) {
    var code = ErrorCode.ofNumber(proto.getCode());
    var text =
        code == ErrorCode.UNKNOWN ? proto.getMessage() : name(code) + ": " + proto.getMessage();
    var leads = new StringBuilder();
    for (var any : proto.getDetailsList()) {
      leads.append(lead(DetailCodec.decode(any)));
    }
    return withDetails(new BuildException(code, leads + text), proto.getDetailsList());
  }

  /** The error in a stored or received status message's bytes. */
  public static BuildException fromProto(byte[] bytes) {
    try {
      return fromProto(com.google.rpc.Status.parseFrom(bytes));
    } catch (InvalidProtocolBufferException e) {
      throw BuildException.failed("failed to parse status", e);
    }
  }

  private static BuildException withDetails(BuildException error, Iterable<Any> details) {
    var result = error;
    for (var any : details) {
      ErrorDetail detail = DetailCodec.decode(any);
      result = result.withDetail(detail);
    }
    return result;
  }

  /**
   * A status made by a handler itself. Its text on the wire repeats the frame, as all peers' does.
   */
  public static BuildException framed(ErrorCode code, String message) {
    return new BuildException(code, rpcText(code, message));
  }

  /** {@code rpc error: code = NotFound desc = …}. */
  public static String rpcText(ErrorCode code, String message) {
    return "rpc error: code = " + name(code) + " desc = " + message;
  }

  /** The kind's name as Go's gRPC prints it. */
  public static String name(ErrorCode code) {
    return switch (code) {
      case CANCELLED -> "Canceled";
      case UNKNOWN -> "Unknown";
      case INVALID_ARGUMENT -> "InvalidArgument";
      case DEADLINE_EXCEEDED -> "DeadlineExceeded";
      case NOT_FOUND -> "NotFound";
      case ALREADY_EXISTS -> "AlreadyExists";
      case PERMISSION_DENIED -> "PermissionDenied";
      case RESOURCE_EXHAUSTED -> "ResourceExhausted";
      case FAILED_PRECONDITION -> "FailedPrecondition";
      case ABORTED -> "Aborted";
      case OUT_OF_RANGE -> "OutOfRange";
      case UNIMPLEMENTED -> "Unimplemented";
      case INTERNAL -> "Internal";
      case UNAVAILABLE -> "Unavailable";
      case DATA_LOSS -> "DataLoss";
      case UNAUTHENTICATED -> "Unauthenticated";
    };
  }
}
