package org.jbuildkit.session.errors;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.jbuildkit.base.ErrorDetail;
import org.jbuildkit.base.Json;
import org.jbuildkit.protocol.errdefs.ContentCache;
import org.jbuildkit.protocol.errdefs.FileAction;
import org.jbuildkit.protocol.json.MessageJson;
import org.jbuildkit.protocol.keys.ErrorDetailTypes;
import org.jbuildkit.protocol.pb.Definition;
import org.jbuildkit.protocol.pb.Op;
import org.jbuildkit.protocol.pb.Position;
import org.jbuildkit.protocol.pb.Range;
import org.jbuildkit.protocol.pb.SourceInfo;

/** Error details as the JSON documents inside {@code Any} that peers exchange. */
final class DetailCodec {
  private DetailCodec() {}

  /** Nothing for what is no peer's business. */
  static Optional<Any> encode(ErrorDetail detail) {
    return detail instanceof ErrorDetail.FailedOp ? Optional.empty() : Optional.of(wire(detail));
  }

  private static Any wire(ErrorDetail detail) {
    return switch (detail) {
      case ErrorDetail.FailedOp _ -> throw new IllegalArgumentException("not for peers");
      case ErrorDetail.Vertex(String digest) ->
          json(ErrorDetailTypes.VERTEX, Json.object().putUnlessEmpty("digest", digest).build());
      case ErrorDetail.Source source -> json(ErrorDetailTypes.SOURCE, sourceJson(source));
      case ErrorDetail.ExitCode(int code) ->
          json(ErrorDetailTypes.EXIT_MESSAGE, Json.object().putUnlessZero("Code", code).build());
      case ErrorDetail.Solve solve -> json(ErrorDetailTypes.SOLVE, solveJson(solve));
      case ErrorDetail.UnsupportedSubrequest(String name) ->
          json(ErrorDetailTypes.SUBREQUEST, Json.object().putUnlessEmpty("name", name).build());
      case ErrorDetail.UnsupportedFrontendCap(String name) ->
          json(ErrorDetailTypes.FRONTEND_CAP, Json.object().putUnlessEmpty("name", name).build());
      case ErrorDetail.Frontend(String name, String source) ->
          json(
              ErrorDetailTypes.FRONTEND,
              Json.object().putUnlessEmpty("name", name).putUnlessEmpty("source", source).build());
      case ErrorDetail.Opaque(String type, byte[] value) -> any(type, value);
    };
  }

  private static Any json(String type, Json value) {
    return any(type, value.bytes());
  }

  private static Any any(String type, byte[] value) {
    return Any.newBuilder().setTypeUrl(type).setValue(ByteString.copyFrom(value)).build();
  }

  private static Json sourceJson(ErrorDetail.Source source) {
    var info =
        SourceInfo.newBuilder()
            .setFilename(source.filename())
            .setLanguage(source.language())
            .setData(ByteString.copyFrom(source.data()));
    if (source.definition().length > 0) {
      try {
        info.setDefinition(Definition.parseFrom(source.definition()));
      } catch (InvalidProtocolBufferException _) {
        // The excerpt is useful without the definition that the file came from.
      }
    }
    var message = org.jbuildkit.protocol.errdefs.Source.newBuilder().setInfo(info);
    for (var range : source.ranges()) {
      message.addRanges(
          Range.newBuilder()
              .setStart(position(range.startLine(), range.startCharacter()))
              .setEnd(position(range.endLine(), range.endCharacter())));
    }
    return MessageJson.plain(message.build());
  }

  private static Position position(int line, int character) {
    return Position.newBuilder().setLine(line).setCharacter(character).build();
  }

  private static Json solveJson(ErrorDetail.Solve solve) {
    var message =
        org.jbuildkit.protocol.errdefs.Solve.newBuilder()
            .addAllInputIDs(solve.inputIds())
            .addAllMountIDs(solve.mountIds());
    if (solve.op().length > 0) {
      try {
        message.setOp(Op.parseFrom(solve.op()));
      } catch (InvalidProtocolBufferException _) {
        // Debuggers do without the op.
      }
    }
    switch (solve.subject()) {
      case NONE -> {}
      case FILE_ACTION -> message.setFile(FileAction.newBuilder().setIndex(solve.subjectIndex()));
      case CONTENT_CACHE ->
          message.setCache(ContentCache.newBuilder().setIndex(solve.subjectIndex()));
    }
    return MessageJson.mapped(message.build());
  }

  /** Details of unknown kind, or that cannot be read, are kept as they came. */
  static ErrorDetail decode(Any any) {
    var bytes = any.getValue().toByteArray();
    var type = any.getTypeUrl();
    try {
      return switch (type) {
        case ErrorDetailTypes.VERTEX ->
            new ErrorDetail.Vertex(Json.parseObject(bytes).text("digest"));
        case ErrorDetailTypes.SOURCE -> source(Json.parseObject(bytes));
        case ErrorDetailTypes.EXIT_MESSAGE ->
            new ErrorDetail.ExitCode((int) Json.parseObject(bytes).number("Code"));
        case ErrorDetailTypes.SUBREQUEST ->
            new ErrorDetail.UnsupportedSubrequest(Json.parseObject(bytes).text("name"));
        case ErrorDetailTypes.FRONTEND_CAP ->
            new ErrorDetail.UnsupportedFrontendCap(Json.parseObject(bytes).text("name"));
        case ErrorDetailTypes.FRONTEND -> {
          var json = Json.parseObject(bytes);
          yield new ErrorDetail.Frontend(json.text("name"), json.text("source"));
        }
        default -> new ErrorDetail.Opaque(type, bytes);
      };
    } catch (IllegalArgumentException _) {
      return new ErrorDetail.Opaque(type, bytes);
    }
  }

  private static ErrorDetail source(Json.Obj json) {
    var info = json.object("info");
    List<ErrorDetail.Range> ranges = new ArrayList<>();
    for (var element : json.array("ranges")) {
      if (element instanceof Json.Obj range) {
        var start = range.object("start");
        var end = range.object("end");
        ranges.add(
            new ErrorDetail.Range(
                (int) start.number("line"),
                (int) start.number("character"),
                (int) end.number("line"),
                (int) end.number("character")));
      }
    }
    return new ErrorDetail.Source(
        info.text("filename"),
        info.text("language"),
        Base64.getDecoder().decode(info.text("data")),
        definition(info.object("definition")),
        ranges);
  }

  /** Ops and their order suffice; the rest of a definition's JSON form is not read back. */
  private static byte[] definition(Json.Obj json) {
    var message = Definition.newBuilder();
    for (var op : json.texts("def")) {
      message.addDef(ByteString.copyFrom(Base64.getDecoder().decode(op)));
    }
    return message.build().toByteArray();
  }
}
