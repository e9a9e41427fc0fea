package org.jbuildkit.protocol.json;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import org.jbuildkit.base.Json;

/**
 * Messages as JSON in the two forms that peers use: plain (field names as declared, 64-bit numbers
 * as numbers, enums as numbers) and the protobuf mapping (lower camel case, 64-bit numbers as text,
 * enums by name). Zero values are left out; maps are sorted by key.
 */
public final class MessageJson {
  private final boolean mapping;

  private MessageJson(boolean mapping) {
    this.mapping = mapping;
  }

  public static Json.Obj plain(Message message) {
    return new MessageJson(false).object(message);
  }

  public static Json.Obj mapped(Message message) {
    return new MessageJson(true).object(message);
  }

  private Json.Obj object(Message message) {
    var members = new LinkedHashMap<String, Json>();
    message
        .getAllFields()
        .forEach((field, value) ->
            members.put(mapping ? field.getJsonName() : field.getName(), field(field, value)));
    return new Json.Obj(members);
  }

  private Json field(FieldDescriptor field, Object value) {
    if (field.isMapField()) {
      return map((List<?>) value);
    }
    if (field.isRepeated()) {
      var items = new ArrayList<Json>();
      ((List<?>) value).forEach(item -> items.add(scalar(field, item)));
      return new Json.Arr(items);
    }
    return scalar(field, value);
  }

  private Json map(List<?> entries) {
    var members = new LinkedHashMap<String, Json>();
    entries.stream()
        .map(Message.class::cast)
        .sorted(Comparator.comparing(MessageJson::key))
        .forEach(entry -> {
          var field = entry.getDescriptorForType().findFieldByNumber(2);
          members.put(key(entry), scalar(field, entry.getField(field)));
        });
    return new Json.Obj(members);
  }

  private static String key(Message entry) {
    return entry.getField(entry.getDescriptorForType().findFieldByNumber(1)).toString();
  }

  private Json scalar(FieldDescriptor field, Object value) {
    return switch (value) {
      case Message message -> object(message);
      case String text -> new Json.Str(text);
      case Boolean flag -> Json.of(flag);
      case ByteString bytes ->
          new Json.Str(Base64.getEncoder().encodeToString(bytes.toByteArray()));
      case Long number when mapping -> new Json.Str(text(field, number));
      case com.google.protobuf.Descriptors.EnumValueDescriptor constant ->
          mapping ? new Json.Str(constant.getName()) : number(constant.getNumber());
      case Long number -> new Json.Num(new BigDecimal(text(field, number)));
      case Integer number -> new Json.Num(new BigDecimal(text(field, number)));
      default ->
          throw new IllegalArgumentException("no JSON form for field " + field.getFullName());
    };
  }

  /** Java's numbers have signs even where those of the wire have none. */
  private static String text(FieldDescriptor field, Number number) {
    return switch (field.getType()) {
      case UINT32, FIXED32 -> Integer.toUnsignedString(number.intValue());
      case UINT64, FIXED64 -> Long.toUnsignedString(number.longValue());
      default -> Long.toString(number.longValue());
    };
  }

  private static Json number(long value) {
    return Json.of(value);
  }
}
