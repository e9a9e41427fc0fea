package org.jbuildkit.client.agent;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jbuildkit.session.attach.SshAgents;

/** Lists keys and signs with them, in the messages of SSH's agent protocol. */
public final class KeyAgent implements SshAgents.Agent {
  private static final int FAILURE = 5;
  private static final int REQUEST_IDENTITIES = 11;
  private static final int IDENTITIES = 12;
  private static final int SIGN_REQUEST = 13;
  private static final int SIGNATURE = 14;

  private final List<AgentKey> keys;

  private KeyAgent(List<AgentKey> keys) {
    this.keys = keys;
  }

  /**
   * An agent with the keys of files.
   *
   * @throws IllegalArgumentException naming a file that has no usable key
   */
  public static KeyAgent of(List<Path> files) throws IOException {
    var keys = new ArrayList<AgentKey>();
    for (var file : files) {
      try {
        keys.add(KeyFile.read(file));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("failed to parse " + file + ": " + e.getMessage(), e);
      }
    }
    return new KeyAgent(List.copyOf(keys));
  }

  @Override
  public byte[] answer(byte[] request) {
    try {
      return switch (request[0]) {
        case REQUEST_IDENTITIES -> identities();
        case SIGN_REQUEST -> sign(new SshFields(Arrays.copyOfRange(request, 1, request.length)));
        default -> new byte[] {FAILURE};
      };
    } catch (GeneralSecurityException | IllegalArgumentException _) {
      return new byte[] {FAILURE};
    }
  }

  private byte[] identities() {
    var answer = new SshFields.Writer().kind(IDENTITIES).number(keys.size());
    keys.forEach(key -> answer.octets(key.publicKey()).text(""));
    return answer.bytes();
  }

  private byte[] sign(SshFields request) throws GeneralSecurityException {
    var wanted = request.octets();
    var data = request.octets();
    int flags = request.number();
    for (var key : keys) {
      if (Arrays.equals(key.publicKey(), wanted)) {
        return new SshFields.Writer().kind(SIGNATURE).octets(key.sign(data, flags)).bytes();
      }
    }
    return new byte[] {FAILURE};
  }
}
