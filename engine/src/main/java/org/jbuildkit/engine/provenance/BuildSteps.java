package org.jbuildkit.engine.provenance;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Digest;
import org.jbuildkit.base.Json;
import org.jbuildkit.base.UserInfo;
import org.jbuildkit.engine.op.OpJson;
import org.jbuildkit.protocol.keys.SourceAttributes;
import org.jbuildkit.protocol.pb.Definition;
import org.jbuildkit.protocol.pb.Op;

/**
 * A definition as numbered steps, inputs before what they go into.
 *
 * @param steps documents of the steps
 * @param numbers the steps' numbers by the digests of their ops
 */
record BuildSteps(List<Json> steps, Map<String, Integer> numbers) {
  static final BuildSteps NONE = new BuildSteps(List.of(), Map.of());

  /**
   * @param usages what steps used of the machine, by the digests of their ops
   * @throws BuildException for definitions without one result
   */
  static BuildSteps of(Definition definition, Map<Digest, Json.Obj> usages) {
    if (definition.getDefCount() == 0) {
      return NONE;
    }
    var ops = new LinkedHashMap<String, Op>();
    var last = "";
    for (var bytes : definition.getDefList()) {
      last = Digest.sha256(bytes.toByteArray()).toString();
      ops.put(last, parse(bytes.toByteArray()));
    }
    var terminal = ops.get(last);
    if (terminal == null || terminal.getInputsCount() != 1) {
      throw BuildException.failed(
          "invalid last vertex inputs: " + (terminal == null ? 0 : terminal.getInputsCount()));
    }
    var numbers = new LinkedHashMap<String, Integer>();
    for (var digest : order(ops, last)) {
      numbers.put(digest, numbers.size());
    }
    var steps = new ArrayList<Json>();
    numbers.forEach((digest, number) ->
        steps.add(
            step(
                number,
                op(ops, digest),
                numbers,
                Optional.ofNullable(usages.get(Digest.parse(digest))))));
    return new BuildSteps(steps, numbers);
  }

  private static Op parse(byte[] bytes) {
    try {
      var op = Op.parseFrom(bytes);
      if (!op.hasSource()) {
        return op;
      }
      var source =
          op.getSource().toBuilder()
              .removeAttrs(SourceAttributes.LOCAL_SESSION)
              .removeAttrs(SourceAttributes.LOCAL_UNIQUE);
      return op.toBuilder().setSource(source).build();
    } catch (InvalidProtocolBufferException e) {
      throw BuildException.failed("failed to parse llb proto op", e);
    }
  }

  private static Op op(Map<String, Op> ops, String digest) {
    var op = ops.get(digest);
    if (op == null) {
      throw BuildException.failed("failed to find input " + digest);
    }
    return op;
  }

  /** Depth first, without recursion: graphs may be thousands deep. */
  private static Iterable<String> order(Map<String, Op> ops, String last) {
    var done = new LinkedHashSet<String>();
    var stack = new ArrayList<>(List.of(last));
    while (!stack.isEmpty()) {
      var digest = stack.getLast();
      var next =
          op(ops, digest).getInputsList().stream()
              .map(input -> input.getDigest())
              .filter(input -> !done.contains(input))
              .findFirst();
      if (next.isPresent()) {
        stack.add(next.get());
      } else {
        stack.removeLast();
        done.add(digest);
      }
      if (stack.size() > ops.size()) {
        throw BuildException.failed("the definition has a cycle at " + digest);
      }
    }
    return done;
  }

  /** The op without its inputs, and without the passwords of URLs. */
  private static Op told(Op op) {
    var told = op.toBuilder().clearInputs();
    if (op.hasSource()) {
      var source = told.getSourceBuilder();
      source.setIdentifier(UserInfo.maskedIn(op.getSource().getIdentifier()));
      op.getSource()
          .getAttrsMap()
          .forEach((key, value) -> source.putAttrs(key, UserInfo.maskedIn(value)));
    }
    return told.build();
  }

  private static Json step(
      int number, Op op, Map<String, Integer> numbers, Optional<Json.Obj> usage) {
    var inputs =
        op.getInputsList().stream()
            .map(input -> "step" + numbers.get(input.getDigest()) + ":" + input.getIndex())
            .toList();
    var content =
        op.getOpCase() == Op.OpCase.OP_NOT_SET
            ? Json.object().put("Op", Json.object().build()).build()
            : OpJson.of(told(op));
    var json =
        Json.object()
            .put("id", "step" + number)
            .put("op", content)
            .putUnlessEmpty("inputs", inputs);
    usage.ifPresent(used -> json.put("resourceUsage", used));
    return json.build();
  }

  boolean isEmpty() {
    return steps.isEmpty();
  }

  /** Adds the steps, and the digests that they go by. */
  void write(Json.ObjBuilder json) {
    if (isEmpty()) {
      return;
    }
    var names = new TreeMap<String, String>();
    numbers.forEach((digest, number) -> names.put(digest, "step" + number));
    json.put("llbDefinition", new Json.Arr(steps)).put("digestMapping", Json.ofMap(names));
  }

  /** The files that a definition was made from, and which of their lines made which step. */
  static Json.Obj sources(Definition definition, BuildSteps steps) {
    var infos = new ArrayList<Json>();
    for (var info : definition.getSource().getInfosList()) {
      var json =
          Json.object()
              .putUnlessEmpty("filename", info.getFilename())
              .putUnlessEmpty("language", info.getLanguage());
      if (!info.getData().isEmpty()) {
        json.put(
            "data", java.util.Base64.getEncoder().encodeToString(info.getData().toByteArray()));
      }
      BuildSteps.of(info.getDefinition(), Map.of()).write(json);
      infos.add(json.build());
    }
    var locations = new TreeMap<String, Json>();
    definition
        .getSource()
        .getLocationsMap()
        .forEach((digest, places) -> {
          var number = steps.numbers.get(digest);
          if (number != null) {
            locations.put("step" + number, OpJson.of(places));
          }
        });
    var json = Json.object();
    if (!locations.isEmpty()) {
      json.put("locations", new Json.Obj(new LinkedHashMap<>(locations)));
    }
    return infos.isEmpty() ? Json.object().build() : json.put("infos", new Json.Arr(infos)).build();
  }
}
