package org.jbuildkit.daemon;

import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.base.TaskScope;
import org.jbuildkit.engine.exec.FrontendContainer;
import org.jbuildkit.engine.gateway.Bridge;
import org.jbuildkit.protocol.gateway.ExecMessage;
import org.jbuildkit.protocol.gateway.FdMessage;
import org.jbuildkit.protocol.gateway.InitMessage;
import org.jbuildkit.protocol.gateway.StartedMessage;
import org.jbuildkit.protocol.pb.Meta;
import org.jbuildkit.session.errors.StatusCodec;
import org.jbuildkit.session.stream.MessageStream;

/**
 * One call of {@code ExecProcess}: it carries any number of processes, each known by an id. A
 * mistake in any message ends the call, and with it all that it started.
 */
final class ExecDialogue {
  private final Bridge bridge;
  private final MessageStream<ExecMessage, ExecMessage> stream;
  private final Map<String, ExecTalk> talks = new HashMap<>();

  ExecDialogue(Bridge bridge, MessageStream<ExecMessage, ExecMessage> stream) {
    this.bridge = bridge;
    this.stream = stream;
  }

  /** Returns when the client is through and all processes have ended. */
  void run() throws IOException, InterruptedException {
    try (var scope = TaskScope.open()) {
      try {
        for (var message = stream.receive(); message.isPresent(); message = stream.receive()) {
          handle(message.get(), scope);
        }
        talks.values().forEach(ExecTalk::endInput);
        scope.join();
      } finally {
        talks.values().forEach(ExecTalk::kill);
      }
    }
  }

  private void handle(ExecMessage message, TaskScope scope)
      throws IOException, InterruptedException {
    var id = message.getProcessID();
    if (id.isEmpty()) {
      throw StatusCodec.framed(ErrorCode.INVALID_ARGUMENT, "ProcessID required");
    }
    if (message.hasInit()) {
      start(id, message.getInit(), scope);
      return;
    }
    var talk = talks.get(id);
    if (talk == null) {
      throw StatusCodec.framed(ErrorCode.NOT_FOUND, "IO for process \"" + id + "\" not found");
    }
    switch (message.getInputCase()) {
      case FILE -> write(talk, message.getFile());
      case RESIZE ->
          talk.process().resize(message.getResize().getRows(), message.getResize().getCols());
      case SIGNAL -> signal(talk, message.getSignal().getName());
      case INIT, STARTED, EXIT, DONE, INPUT_NOT_SET -> {
        // Nothing that a client has to say; as at all peers it changes nothing.
      }
    }
  }

  private static void write(ExecTalk talk, FdMessage file) throws InterruptedException {
    if (file.getFd() != 0 || !talk.takesInput()) {
      throw StatusCodec.framed(
          ErrorCode.OUT_OF_RANGE,
          "fd %s unavailable to write".formatted(Integer.toUnsignedString(file.getFd())));
    }
    talk.write(file);
  }

  private static void signal(ExecTalk talk, String name) throws IOException, InterruptedException {
    int number =
        SignalNames.number(name)
            .orElseThrow(
                () -> StatusCodec.framed(ErrorCode.INVALID_ARGUMENT, "Unknown signal " + name));
    talk.process().signal(number);
  }

  private void start(String id, InitMessage init, TaskScope scope)
      throws IOException, InterruptedException {
    if (talks.containsKey(id)) {
      throw StatusCodec.framed(ErrorCode.ALREADY_EXISTS, "Process " + id + " already exists");
    }
    var container =
        bridge
            .container(init.getContainerID())
            .orElseThrow(() ->
                StatusCodec.framed(
                    ErrorCode.NOT_FOUND,
                    "container \"%s\" previously released or not created"
                        .formatted(init.getContainerID())));
    var process = container.start(program(init));
    var talk = new ExecTalk(id, process, init.getTty(), new HashSet<>(init.getFdsList()), stream);
    talks.put(id, talk);
    stream.send(
        ExecMessage.newBuilder()
            .setProcessID(id)
            .setStarted(StartedMessage.getDefaultInstance())
            .build());
    talk.start();
    scope.fork(() -> {
      talk.follow();
      return Boolean.TRUE;
    });
  }

  private static FrontendContainer.Program program(InitMessage init) {
    var asked = init.getMeta();
    if (asked.getArgsCount() == 0) {
      throw BuildException.invalid("arguments are required");
    }
    // Of the rest of the message nothing is meant for single processes.
    var meta =
        Meta.newBuilder()
            .addAllArgs(asked.getArgsList())
            .addAllEnv(asked.getEnvList())
            .setCwd(asked.getCwd())
            .setUser(asked.getUser())
            .setRemoveMountStubsRecursive(asked.getRemoveMountStubsRecursive());
    return new FrontendContainer.Program(
        meta.build(), init.getSecurity(), init.getSecretenvList(), init.getTty());
  }
}
