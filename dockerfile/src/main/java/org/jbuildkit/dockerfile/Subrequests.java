package org.jbuildkit.dockerfile;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.TreeMap;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Digest;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.base.ErrorDetail;
import org.jbuildkit.base.Json;
import org.jbuildkit.dockerfile.syntax.DockerfileParser;
import org.jbuildkit.dockerfile.syntax.Instruction;
import org.jbuildkit.dockerfile.syntax.InstructionReader;
import org.jbuildkit.dockerfile.syntax.SyntaxException;
import org.jbuildkit.protocol.json.MessageJson;
import org.jbuildkit.protocol.pb.Definition;
import org.jbuildkit.protocol.pb.Op;

/** Requests about a file that build nothing, and the forms of their answers. */
final class Subrequests {
  static final String DESCRIBE = "frontend.subrequests.describe";
  static final String OUTLINE = "frontend.outline";
  static final String TARGETS = "frontend.targets";
  static final String LINT = "frontend.lint";

  /** Ours alone, and therefore not among those told, which are compared with upstream's. */
  static final String EXPLAIN = "frontend.explain";

  static final String CONVERT = "frontend.convertllb";
  private static final String VERSION = "1.0.0";

  private Subrequests() {}

  /** What can be asked for, as far as it is told. */
  private record Described(String name, String description, Json options) {}

  private static final List<Described> TOLD =
      List.of(
          new Described(
              OUTLINE,
              "List all parameters current build target supports",
              new Json.Arr(
                  List.of(
                      Json.object()
                          .put("name", "target")
                          .put("description", "Target build stage")
                          .build()))),
          new Described(
              TARGETS, "List all targets current build supports", new Json.Arr(List.of())),
          new Described(DESCRIBE, "List available subrequest types", new Json.Null()));

  static BuildException unknown(String id) {
    return new BuildException(ErrorCode.UNKNOWN, "unsupported request " + id)
        .withDetail(new ErrorDetail.UnsupportedSubrequest(id));
  }

  /** An answer without a tree. */
  static FrontendResult answer(Json json, String text) {
    var metadata = new LinkedHashMap<String, byte[]>();
    metadata.put("result.json", json.writeIndented("", "  ").getBytes(UTF_8));
    metadata.put("result.txt", text.getBytes(UTF_8));
    metadata.put("version", VERSION.getBytes(UTF_8));
    return new FrontendResult(new LinkedHashMap<>(), false, metadata);
  }

  static FrontendResult describe() {
    var requests = new ArrayList<Json>();
    var table = new TextTable(1).row("NAME", "VERSION", "DESCRIPTION");
    for (var request : TOLD) {
      requests.add(
          Json.object()
              .put("name", request.name())
              .put("version", VERSION)
              .put("type", "rpc")
              .put("description", request.description())
              .put("opts", request.options())
              .put("inputs", new Json.Null())
              .put(
                  "metadata",
                  new Json.Arr(List.of(metadata("result.json"), metadata("result.txt"))))
              .put("refs", new Json.Null())
              .build());
      table.row(request.name().replaceFirst("^frontend\\.", ""), VERSION, request.description());
    }
    return answer(new Json.Arr(requests), table.write());
  }

  private static Json metadata(String name) {
    return Json.object().put("name", name).put("description", "").build();
  }

  /** The stages of a file as they are written. */
  static FrontendResult targets(byte[] file) {
    var stages = new ArrayList<Instruction.From>();
    try {
      var parsed = DockerfileParser.parse(file);
      for (var line : parsed.lines()) {
        var instruction = InstructionReader.read(line, parsed.escape());
        if (instruction instanceof Instruction.From from) {
          stages.add(from);
        } else if (stages.isEmpty() && !(instruction instanceof Instruction.Arg)) {
          throw BuildException.invalid("no build stage in current context");
        }
      }
    } catch (SyntaxException e) {
      throw BuildException.invalid(BuildException.describe(e));
    }
    return targets(file, stages);
  }

  private static FrontendResult targets(byte[] file, List<Instruction.From> stages) {
    var targets = new ArrayList<Json>();
    var table = new TextTable(1).row("TARGET", "DESCRIPTION");
    for (int i = 0; i < stages.size(); i++) {
      var from = stages.get(i);
      boolean isDefault = i == stages.size() - 1;
      var name = from.stage().orElse("");
      var description = from.line().description(name);
      targets.add(
          Json.object()
              .putUnlessEmpty("name", name)
              .putUnlessFalse("default", isDefault)
              .putUnlessEmpty("description", description)
              .putUnlessEmpty("base", from.base())
              .putUnlessEmpty("platform", from.platform())
              .put("location", location(from.line().ranges()))
              .build());
      table.row(shown(name, isDefault), description);
    }
    var json =
        Json.object().put("targets", new Json.Arr(targets)).put("sources", sources(file)).build();
    return answer(json, table.write());
  }

  /** The vertices of a build. */
  static FrontendResult converted(Definition definition) {
    var ops = new TreeMap<String, Json>();
    var metadata = new TreeMap<String, Json>();
    try {
      for (var bytes : definition.getDefList()) {
        var digest = Digest.sha256(bytes.toByteArray()).toString();
        ops.put(digest, MessageJson.mapped(Op.parseFrom(bytes)));
      }
    } catch (InvalidProtocolBufferException e) {
      throw BuildException.failed("a vertex that was made cannot be read", e);
    }
    definition
        .getMetadataMap()
        .forEach((digest, value) -> metadata.put(digest, MessageJson.plain(value)));
    var json =
        Json.object()
            .put("def", new Json.Obj(new LinkedHashMap<>(ops)))
            .put("metadata", new Json.Obj(new LinkedHashMap<>(metadata)))
            .put("source", MessageJson.mapped(definition.getSource()))
            .build();
    var answer = new LinkedHashMap<String, byte[]>();
    answer.put("result.json", json.writeIndented("", "  ").getBytes(UTF_8));
    answer.put("version", "0.1.0".getBytes(UTF_8));
    return new FrontendResult(new LinkedHashMap<>(), false, answer);
  }

  private static String shown(String name, boolean isDefault) {
    return isDefault ? (name + " (default)").stripLeading() : name;
  }

  static Json sources(byte[] file) {
    return Json.ofTexts(List.of(Base64.getEncoder().encodeToString(file)));
  }

  static Json location(List<ErrorDetail.Range> ranges) {
    var location = Json.object();
    if (!ranges.isEmpty()) {
      location.put("ranges", new Json.Arr(ranges.stream().map(Subrequests::range).toList()));
    }
    return location.build();
  }

  private static Json range(ErrorDetail.Range range) {
    return Json.object()
        .put("start", position(range.startLine(), range.startCharacter()))
        .put("end", position(range.endLine(), range.endCharacter()))
        .build();
  }

  private static Json position(int line, int character) {
    return Json.object().putUnlessZero("line", line).putUnlessZero("character", character).build();
  }
}
