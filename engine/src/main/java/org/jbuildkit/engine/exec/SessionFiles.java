package org.jbuildkit.engine.exec;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.linux.Dir;
import org.jbuildkit.linux.MountFlag;
import org.jbuildkit.linux.Mounts;
import org.jbuildkit.protocol.pb.SSHOpt;
import org.jbuildkit.protocol.pb.SecretEnv;
import org.jbuildkit.protocol.pb.SecretOpt;
import org.jbuildkit.session.Session;
import org.jbuildkit.session.SessionRegistry;
import org.jbuildkit.session.calls.SecretRequest;

/** What clients lend to a step through their sessions: secrets and ssh agents. */
final class SessionFiles {
  private static final ByteName FILE = ByteName.ofText("file");

  private final SessionRegistry registry;
  private final List<String> sessions;

  /**
   * @param sessions ids in the order in which they are asked
   */
  SessionFiles(SessionRegistry registry, List<String> sessions) {
    this.registry = registry;
    this.sessions = sessions;
  }

  /**
   * A secret's bytes; empty if it is optional and nobody has it.
   *
   * @throws BuildException {@code secret ID: not found}
   */
  Optional<byte[]> secret(String id, boolean optional) throws InterruptedException {
    var found = SecretRequest.find(registry, sessions, id);
    if (found.isEmpty() && !optional) {
      throw new BuildException(ErrorCode.NOT_FOUND, "secret " + id + ": not found");
    }
    return found;
  }

  /**
   * Secrets as variables of an environment.
   *
   * @return {@code NAME=VALUE}
   */
  List<String> variables(List<SecretEnv> secrets) throws InterruptedException {
    var variables = new ArrayList<String>();
    for (var secret : secrets) {
      if (secret.getID().isEmpty()) {
        throw BuildException.invalid(
            "secret ID missing for \"%s\" environment variable".formatted(secret.getName()));
      }
      var value = secret(secret.getID(), secret.getOptional());
      var text = new String(value.orElse(new byte[0]), StandardCharsets.UTF_8);
      variables.add(secret.getName() + "=" + text);
    }
    return variables;
  }

  /**
   * Puts a secret into a file that only ever is in memory.
   *
   * @param folder made by the caller, empty; mounted on until the answer is closed
   */
  static HostFile secretFile(Path folder, byte[] data, SecretOpt options) throws IOException {
    var target = ByteName.ofText(folder.toString());
    var flags = EnumSet.of(MountFlag.NO_DEV, MountFlag.NO_SUID);
    int mode = options.getMode() & 0777;
    if ((mode & 0111) == 0) {
      flags.add(MountFlag.NO_EXEC);
    }
    Mounts.mount(ByteName.ofText("tmpfs"), target, "tmpfs", flags, "mode=0700");
    var file = new HostFile(folder.resolve("file"), () -> Mounts.unmount(target));
    try (var dir = Dir.open(folder);
        var out = dir.create(FILE, 0600)) {
      out.write(data, 0, data.length);
      out.chown(options.getUid(), options.getGid());
      out.chmod(mode);
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
    return file;
  }

  /**
   * A session that offers the agent; empty if it is optional and none does.
   *
   * @throws BuildException {@code no SSH key "ID" forwarded from the client}
   */
  Optional<Session> agent(SSHOpt options) throws InterruptedException {
    try {
      return Optional.of(AgentSocket.offering(registry, sessions, options.getID()));
    } catch (BuildException e) {
      if (options.getOptional()) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /**
   * A socket whose connections go to the client's agent until it is closed.
   *
   * @param folder made by the caller, empty
   */
  static HostFile agentSocket(Path folder, Session session, SSHOpt options) throws IOException {
    var owner = new AgentSocket.Owner(options.getUid(), options.getGid(), options.getMode() & 0777);
    var socket = AgentSocket.open(folder, session, options.getID(), owner);
    return new HostFile(socket.path(), socket::close);
  }

  /** A file of the host that is there until it is closed. */
  record HostFile(Path path, Closing closing) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      closing.close();
    }
  }

  /** Ends what makes a file be there. */
  @FunctionalInterface
  interface Closing {
    void close() throws IOException;
  }
}
