package org.jbuildkit.session.calls;

import com.google.protobuf.ByteString;
import io.grpc.StatusRuntimeException;
import java.util.List;
import java.util.Map;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.protocol.exporter.ExporterGrpc;
import org.jbuildkit.protocol.exporter.ExporterRequest;
import org.jbuildkit.protocol.exporter.FinalizeExportRequest;
import org.jbuildkit.protocol.exporter.FindExportersRequest;
import org.jbuildkit.session.Session;
import org.jbuildkit.session.errors.StatusCodec;

/** Lets a client choose how a result is exported once it is there. */
public final class ExporterQuestion {
  private ExporterQuestion() {}

  /**
   * The exporters that the client wants in addition; none if it has no opinion.
   *
   * @param metadata of the result
   * @param refs keys of its trees
   */
  public static List<ExporterRequest> find(
      Session session, Map<String, byte[]> metadata, List<String> refs) {
    var request = FindExportersRequest.newBuilder().addAllRefs(refs);
    metadata.forEach((key, value) -> request.putMetadata(key, ByteString.copyFrom(value)));
    try {
      return ExporterGrpc.newBlockingStub(session.channel())
          .findExporters(request.build())
          .getExportersList();
    } catch (StatusRuntimeException e) {
      return orIgnored(e);
    }
  }

  private static List<ExporterRequest> orIgnored(StatusRuntimeException failure) {
    var error = StatusCodec.decode(failure);
    if (isWithoutOpinion(error)) {
      return List.of();
    }
    throw error;
  }

  private static boolean isWithoutOpinion(BuildException error) {
    return error.code() == ErrorCode.UNIMPLEMENTED || error.code() == ErrorCode.UNAVAILABLE;
  }

  /** Tells the client what the exports answered. */
  public static void finish(Session session, Map<String, String> response) {
    try {
      var _ =
          ExporterGrpc.newBlockingStub(session.channel())
              .finalizeExport(
                  FinalizeExportRequest.newBuilder().putAllExporterResponse(response).build());
    } catch (StatusRuntimeException e) {
      var error = StatusCodec.decode(e);
      if (!isWithoutOpinion(error)) {
        throw error;
      }
    }
  }
}
