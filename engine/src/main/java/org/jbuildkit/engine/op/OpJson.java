package org.jbuildkit.engine.op;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import com.google.protobuf.Message;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.TreeMap;
import org.jbuildkit.base.Json;
import org.jbuildkit.protocol.pb.FileAction;
import org.jbuildkit.protocol.pb.UserOpt;

/**
 * The JSON form of wire messages whose bytes go into cache digests: what Go's {@code encoding/json}
 * makes of the generated structs of {@code solver/pb/ops.proto}. Fields in the order of their
 * declaration under their proto names, all that is zero left out, enums as numbers, bytes in
 * base64, a oneof as an object under its capitalised name. The indexes of a file action, and the
 * object of a user that is not stated, are written always.
 */
public final class OpJson {
  private OpJson() {}

  public static Json.Obj of(Message message) {
    var members = new LinkedHashMap<String, Json>();
    var oneofs = new HashSet<OneofDescriptor>();
    for (var field : message.getDescriptorForType().getFields()) {
      var oneof = field.getRealContainingOneof();
      if (oneof != null) {
        if (oneofs.add(oneof) && (message.hasOneof(oneof) || message instanceof UserOpt)) {
          members.put(capitalised(oneof.getName()), oneof(message, oneof));
        }
      } else if (isPresent(message, field) || message instanceof FileAction) {
        members.put(field.getName(), value(message, field));
      }
    }
    return new Json.Obj(members);
  }

  private static Json oneof(Message message, OneofDescriptor oneof) {
    var members = new LinkedHashMap<String, Json>();
    if (!message.hasOneof(oneof)) {
      return new Json.Obj(members);
    }
    var field = message.getOneofFieldDescriptor(oneof);
    var value = message.getField(field);
    boolean isZero = value instanceof Number number && number.longValue() == 0;
    if (!isZero) {
      members.put(oneofMember(field.getName()), single(field, value));
    }
    return new Json.Obj(members);
  }

  /** Members of a oneof have their own spelling in Go: {@code byID} is written {@code byId}. */
  private static String oneofMember(String name) {
    return name.equals("byID") ? "byId" : name;
  }

  private static String capitalised(String name) {
    return Character.toUpperCase(name.charAt(0)) + name.substring(1);
  }

  private static boolean isPresent(Message message, FieldDescriptor field) {
    if (field.isRepeated()) {
      return message.getRepeatedFieldCount(field) > 0;
    }
    return message.hasField(field);
  }

  private static Json value(Message message, FieldDescriptor field) {
    if (field.isMapField()) {
      return map(message, field);
    }
    if (!field.isRepeated()) {
      return single(field, message.getField(field));
    }
    var elements = new ArrayList<Json>();
    for (var element : (List<?>) message.getField(field)) {
      elements.add(single(field, element));
    }
    return new Json.Arr(elements);
  }

  private static Json map(Message message, FieldDescriptor field) {
    var sorted = new TreeMap<String, Json>();
    var key = field.getMessageType().findFieldByName("key");
    var value = field.getMessageType().findFieldByName("value");
    for (var element : (List<?>) message.getField(field)) {
      var entry = (Message) element;
      sorted.put(String.valueOf(entry.getField(key)), single(value, entry.getField(value)));
    }
    return new Json.Obj(new LinkedHashMap<>(sorted));
  }

  private static Json single(FieldDescriptor field, Object value) {
    return switch (value) {
      case String text -> Json.of(text);
      case Boolean flag -> Json.of(flag);
      case Integer number ->
          Json.of(isUnsigned(field) ? Integer.toUnsignedLong(number) : (long) number);
      case Long number -> Json.of(number);
      case ByteString bytes -> Json.of(Base64.getEncoder().encodeToString(bytes.toByteArray()));
      case EnumValueDescriptor constant -> Json.of(constant.getNumber());
      case Message message -> of(message);
      default -> throw new IllegalArgumentException("no JSON form for " + field.getFullName());
    };
  }

  private static boolean isUnsigned(FieldDescriptor field) {
    return field.getType() == FieldDescriptor.Type.UINT32;
  }
}
