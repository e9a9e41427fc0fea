package org.jbuildkit.systemtests;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A certificate authority for one test, made with the JDK's {@code keytool}. */
final class Certificates {
  private static final String PASSWORD = "changeit";

  private final Path folder;
  private final String authority;

  /** Makes an authority whose files begin with its name. */
  Certificates(Path folder, String authority) throws Exception {
    this.folder = folder;
    this.authority = authority;
    keytool("-genkeypair", "-alias", authority, "-dname", "CN=" + authority, "-ext", "bc:c");
    Files.writeString(
        folder.resolve(authority + ".pem"), keytool("-exportcert", "-rfc", "-alias", authority));
  }

  /** Files in PEM format. */
  record Identity(Path certificate, Path key) {}

  Path authority() {
    return folder.resolve(authority + ".pem");
  }

  /** A certificate for {@code 127.0.0.1} that is valid now. */
  Identity issue(String name) throws Exception {
    return issue(name, "-1d", 10);
  }

  /** A certificate that became invalid nine days ago. */
  Identity issueExpired(String name) throws Exception {
    return issue(name, "-10d", 1);
  }

  private Identity issue(String name, String start, int days) throws Exception {
    keytool("-genkeypair", "-alias", name, "-dname", "CN=" + name);
    var request = folder.resolve(name + ".csr");
    Files.writeString(request, keytool("-certreq", "-alias", name));
    var certificate = folder.resolve(name + ".crt");
    Files.writeString(
        certificate,
        keytool(
            "-gencert",
            "-rfc",
            "-alias",
            authority,
            "-infile",
            request.toString(),
            "-startdate",
            start,
            "-validity",
            Integer.toString(days),
            "-ext",
            "san=ip:127.0.0.1"));
    return new Identity(certificate, key(name));
  }

  private Path key(String alias) throws Exception {
    var store = KeyStore.getInstance("PKCS12");
    try (var in = Files.newInputStream(store())) {
      store.load(in, PASSWORD.toCharArray());
    }
    var key = store.getKey(alias, PASSWORD.toCharArray()).getEncoded();
    var text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key);
    var file = folder.resolve(alias + ".key");
    return Files.writeString(
        file, "-----BEGIN PRIVATE KEY-----\n" + text + "\n-----END PRIVATE KEY-----\n");
  }

  private Path store() {
    return folder.resolve(authority + ".p12");
  }

  private String keytool(String... words) throws IOException, InterruptedException {
    var keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    var command = new ArrayList<>(List.of(keytool));
    command.addAll(List.of(words));
    command.addAll(List.of("-keystore", store().toString(), "-storepass", PASSWORD));
    if (List.of(words).contains("-genkeypair")) {
      command.addAll(List.of("-keyalg", "EC", "-groupname", "secp256r1"));
    }
    var process =
        new ProcessBuilder(command).redirectError(folder.resolve("keytool.log").toFile()).start();
    var out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new IOException("keytool: " + out + Files.readString(folder.resolve("keytool.log")));
    }
    return out;
  }
}
