package org.jbuildkit.client;

import io.grpc.TlsChannelCredentials;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jbuildkit.base.BuildException;

/**
 * TLS material of a client; empty texts stand for what is not given.
 *
 * @param serverName expected name of the server instead of the address's host
 */
public record TlsFiles(String serverName, String ca, String certificate, String key) {
  public static final TlsFiles NONE = new TlsFiles("", "", "", "");

  NettyChannelBuilder configure(String target) {
    if (ca.isEmpty() && certificate.isEmpty() && key.isEmpty()) {
      return NettyChannelBuilder.forTarget("dns:///" + target).usePlaintext();
    }
    var credentials = TlsChannelCredentials.newBuilder();
    if (!ca.isEmpty()) {
      try {
        credentials.trustManager(Path.of(ca).toFile());
      } catch (IOException e) {
        throw BuildException.failed("could not read ca certificate", e);
      }
    }
    if (!certificate.isEmpty() || !key.isEmpty()) {
      try {
        requireFile(certificate);
        requireFile(key);
        credentials.keyManager(Path.of(certificate).toFile(), Path.of(key).toFile());
      } catch (IOException e) {
        throw BuildException.failed("could not read certificate/key", e);
      }
    }
    var builder = NettyChannelBuilder.forTarget("dns:///" + target, credentials.build());
    return serverName.isEmpty() ? builder : builder.overrideAuthority(serverName);
  }

  private static void requireFile(String path) throws IOException {
    if (path.isEmpty() || !Files.isReadable(Path.of(path))) {
      throw new IOException("open " + path + ": no such file or directory");
    }
  }
}
