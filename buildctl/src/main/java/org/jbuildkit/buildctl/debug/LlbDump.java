package org.jbuildkit.buildctl.debug;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.jbuildkit.base.Digest;
import org.jbuildkit.base.Json;
import org.jbuildkit.protocol.json.MessageJson;
import org.jbuildkit.protocol.pb.Definition;
import org.jbuildkit.protocol.pb.FileAction;
import org.jbuildkit.protocol.pb.Op;
import org.jbuildkit.protocol.pb.OpMetadata;

/** Ops as lines of JSON, in the form that peers print. */
final class LlbDump {
  private LlbDump() {}

  static void print(Definition definition, PrintStream out) throws InvalidProtocolBufferException {
    for (var bytes : definition.getDefList()) {
      var digest = Digest.sha256(bytes.toByteArray()).toString();
      var metadata = definition.getMetadataOrDefault(digest, OpMetadata.getDefaultInstance());
      out.println(
          Json.object()
              .put("Op", op(Op.parseFrom(bytes)))
              .put("Digest", digest)
              .put("OpMetadata", MessageJson.plain(metadata))
              .build()
              .write());
    }
  }

  private static Json op(Op op) {
    var plain = MessageJson.plain(op);
    var json = Json.object();
    plain.get("inputs").ifPresent(inputs -> json.put("inputs", inputs));
    var inner = new LinkedHashMap<String, Json>();
    for (var name : List.of("exec", "source", "file", "build", "merge", "diff", "passthrough")) {
      plain.get(name).ifPresent(value -> inner.put(name, value));
    }
    if (op.hasFile()) {
      List<Json> actions = new ArrayList<>();
      op.getFile().getActionsList().forEach(action -> actions.add(action(action)));
      inner.put("file", Json.object().put("actions", new Json.Arr(actions)).build());
    }
    json.put("Op", new Json.Obj(inner));
    plain.get("platform").ifPresent(platform -> json.put("platform", platform));
    plain.get("constraints").ifPresent(constraints -> json.put("constraints", constraints));
    return json.build();
  }

  private static Json action(FileAction action) {
    var plain = MessageJson.plain(action);
    var inner = new LinkedHashMap<String, Json>();
    for (var name : List.of("copy", "mkfile", "mkdir", "rm", "symlink")) {
      plain.get(name).ifPresent(value -> inner.put(name, owners(value)));
    }
    return Json.object()
        .put("input", action.getInput())
        .put("secondaryInput", action.getSecondaryInput())
        .put("output", action.getOutput())
        .put("Action", new Json.Obj(inner))
        .build();
  }

  /** An owner's two parts have one more level, and ids are spelt differently. */
  private static Json owners(Json action) {
    if (!(action instanceof Json.Obj members) || members.get("owner").isEmpty()) {
      return action;
    }
    var changed = new LinkedHashMap<>(members.members());
    var owner = new LinkedHashMap<String, Json>();
    members
        .object("owner")
        .members()
        .forEach((part, value) -> {
          var user = new LinkedHashMap<String, Json>();
          ((Json.Obj) value)
              .members()
              .forEach((key, id) -> {
                if (!id.equals(Json.of(0))) {
                  user.put(key.equals("byID") ? "byId" : key, id);
                }
              });
          owner.put(part, Json.object().put("User", new Json.Obj(user)).build());
        });
    changed.put("owner", new Json.Obj(owner));
    return new Json.Obj(changed);
  }
}
