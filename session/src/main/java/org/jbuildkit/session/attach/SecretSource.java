package org.jbuildkit.session.attach;

import com.google.protobuf.ByteString;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.protocol.keys.WireLimits;
import org.jbuildkit.protocol.secrets.GetSecretRequest;
import org.jbuildkit.protocol.secrets.GetSecretResponse;
import org.jbuildkit.protocol.secrets.SecretsGrpc;
import org.jbuildkit.session.errors.StatusCodec;

/** Secrets that the daemon may ask for by id; contents are read when asked for. */
public final class SecretSource extends SecretsGrpc.SecretsImplBase {
  /** Where a secret comes from. */
  public sealed interface Origin {
    record FromFile(Path path) implements Origin {}

    record FromValue(String value) implements Origin {}
  }

  private final Map<String, Origin> secrets;

  public SecretSource(Map<String, Origin> secrets) {
    this.secrets = new LinkedHashMap<>(secrets);
  }

  @Override
  public void getSecret(GetSecretRequest request, StreamObserver<GetSecretResponse> out) {
    try {
      var data = read(request.getID());
      if (data.size() > WireLimits.MAX_SECRET) {
        throw BuildException.failed("invalid secret size " + data.size());
      }
      out.onNext(GetSecretResponse.newBuilder().setData(data).build());
      out.onCompleted();
    } catch (IOException | RuntimeException e) {
      out.onError(StatusCodec.encode(e));
    }
  }

  private ByteString read(String id) throws IOException {
    return switch (secrets.get(id)) {
      case null -> throw StatusCodec.framed(ErrorCode.NOT_FOUND, "secret " + id + ": not found");
      case Origin.FromFile(Path path) -> {
        if (Files.size(path) > WireLimits.MAX_SECRET) {
          throw BuildException.failed("invalid secret size " + Files.size(path));
        }
        yield ByteString.copyFrom(Files.readAllBytes(path));
      }
      case Origin.FromValue(String value) -> ByteString.copyFromUtf8(value);
    };
  }
}
