package org.jbuildkit.dockerfile;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;

/**
 * Asks an SSH server for its public key: the first messages of RFC 4253, up to the answer that has
 * the key. What the server signs with it is looked at by whoever connects later.
 */
final class SshHostKey {
  private static final int PORT = 22;
  private static final int MILLIS = 5000;
  private static final int MAX_PACKET = 1 << 18;
  private static final int MAX_BANNER = 64;
  private static final int MAX_LINE = 8192;
  private static final int KEX_INIT = 20;
  private static final int ECDH_INIT = 30;
  private static final int ECDH_REPLY = 31;
  private static final int COORDINATE = 32;
  private static final String IDENTIFICATION = "SSH-2.0-jbuildkit";
  private static final String EXCHANGE = "ecdh-sha2-nistp256";
  private static final String KEYS =
      "ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,rsa-sha2-256,rsa-sha2-512,"
          + "ssh-rsa,ssh-ed25519";
  private static final String CIPHERS =
      "aes128-ctr,aes256-ctr,aes128-gcm@openssh.com,chacha20-poly1305@openssh.com";
  private static final String MACS = "hmac-sha2-256,hmac-sha2-512,hmac-sha1";

  private final DataInputStream in;
  private final DataOutputStream out;

  private SshHostKey(Socket socket) throws IOException {
    this.in = new DataInputStream(socket.getInputStream());
    this.out = new DataOutputStream(socket.getOutputStream());
  }

  /** The line of a file of known hosts for a server. */
  static String scan(String host) throws IOException {
    int colon = host.lastIndexOf(':');
    boolean hasPort =
        colon > host.lastIndexOf(']') && host.substring(colon + 1).matches("\\d{1,5}");
    var name = hasPort ? host.substring(0, colon) : host;
    int port = hasPort ? Integer.parseInt(host.substring(colon + 1)) : PORT;
    if (port > 0xFFFF) {
      throw new IOException("no port: " + port);
    }
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress(name, port), MILLIS);
      socket.setSoTimeout(MILLIS);
      var key = new SshHostKey(socket).key();
      var shown = port == PORT ? name : "[" + name + "]:" + port;
      return shown + " " + type(key) + " " + Base64.getEncoder().encodeToString(key);
    }
  }

  private static String type(byte[] key) throws IOException {
    var buffer = ByteBuffer.wrap(key);
    int length = key.length < 4 ? -1 : buffer.getInt();
    if (length < 0 || length > buffer.remaining()) {
      throw new IOException("no key of a server");
    }
    var type = new String(key, 4, length, US_ASCII);
    if (!type.matches("[a-z0-9@.-]+")) {
      throw new IOException("no key of a server");
    }
    return type;
  }

  private byte[] key() throws IOException {
    out.write((IDENTIFICATION + "\r\n").getBytes(US_ASCII));
    identification();
    send(proposal());
    var theirs = receive();
    if (theirs.length == 0 || theirs[0] != KEX_INIT) {
      throw new IOException("the server does not begin with its proposal");
    }
    send(ownPoint());
    while (true) {
      var answer = receive();
      if (answer.length > 5 && answer[0] == ECDH_REPLY) {
        int length = ByteBuffer.wrap(answer, 1, 4).getInt();
        if (length < 0 || length > answer.length - 5) {
          throw new IOException("no key of a server");
        }
        return java.util.Arrays.copyOfRange(answer, 5, 5 + length);
      }
      // 1 to 4 are messages that may come at any time; 1 is the end.
      if (answer.length == 0 || answer[0] < 2 || answer[0] > 4) {
        throw new IOException("the server does not tell its key");
      }
    }
  }

  /** Lines may come before the one that counts. */
  private void identification() throws IOException {
    for (int i = 0; i < MAX_BANNER; i++) {
      var line = new ByteArrayOutputStream();
      int next = in.readUnsignedByte();
      while (next != '\n' && line.size() < MAX_LINE) {
        line.write(next);
        next = in.readUnsignedByte();
      }
      if (line.toString(US_ASCII).startsWith("SSH-")) {
        return;
      }
    }
    throw new IOException("not an SSH server");
  }

  private static byte[] proposal() throws IOException {
    var bytes = new ByteArrayOutputStream();
    var message = new DataOutputStream(bytes);
    message.writeByte(KEX_INIT);
    var cookie = new byte[16];
    new SecureRandom().nextBytes(cookie);
    message.write(cookie);
    for (var names :
        new String[] {EXCHANGE, KEYS, CIPHERS, CIPHERS, MACS, MACS, "none", "none", "", ""}) {
      message.writeInt(names.length());
      message.write(names.getBytes(US_ASCII));
    }
    message.writeByte(0);
    message.writeInt(0);
    return bytes.toByteArray();
  }

  private static byte[] ownPoint() throws IOException {
    try {
      var pairs = KeyPairGenerator.getInstance("EC");
      pairs.initialize(new ECGenParameterSpec("secp256r1"));
      var point = ((ECPublicKey) pairs.generateKeyPair().getPublic()).getW();
      var bytes = ByteBuffer.allocate(1 + 4 + 1 + 2 * COORDINATE);
      bytes.put((byte) ECDH_INIT).putInt(1 + 2 * COORDINATE).put((byte) 4);
      bytes.put(coordinate(point.getAffineX())).put(coordinate(point.getAffineY()));
      return bytes.array();
    } catch (GeneralSecurityException e) {
      throw new IOException("no keys of the usual curve", e);
    }
  }

  private static byte[] coordinate(BigInteger value) {
    var bytes = value.toByteArray();
    var padded = new byte[COORDINATE];
    int length = Math.min(bytes.length, COORDINATE);
    System.arraycopy(bytes, bytes.length - length, padded, COORDINATE - length, length);
    return padded;
  }

  private void send(byte[] payload) throws IOException {
    int padding = 8 - (payload.length + 5) % 8;
    padding = padding < 4 ? padding + 8 : padding;
    out.writeInt(payload.length + 1 + padding);
    out.writeByte(padding);
    out.write(payload);
    out.write(new byte[padding]);
    out.flush();
  }

  private byte[] receive() throws IOException {
    int length = in.readInt();
    int padding = in.readUnsignedByte();
    if (length < 1 + padding || length > MAX_PACKET) {
      throw new IOException("no packet of an SSH server");
    }
    var rest = in.readNBytes(length - 1);
    if (rest.length < length - 1) {
      throw new IOException("the server ended the connection");
    }
    return java.util.Arrays.copyOf(rest, length - 1 - padding);
  }
}
