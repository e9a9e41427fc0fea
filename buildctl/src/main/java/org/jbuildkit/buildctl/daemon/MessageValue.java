package org.jbuildkit.buildctl.daemon;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import org.jbuildkit.cli.template.Value;

/** Messages as the structs that Go makes of them. */
public final class MessageValue {
  private MessageValue() {}

  /** The message with the names of its struct; JSON leaves out what is zero. */
  public static Value of(Message message) {
    var struct = Value.Struct.of("*" + message.getDescriptorForType().getName());
    for (var field : message.getDescriptorForType().getFields()) {
      struct.optional(goName(field.getName()), field.getName(), field(message, field));
    }
    return struct.build();
  }

  /** {@code media_type} is {@code MediaType}. */
  private static String goName(String name) {
    var text = new StringBuilder();
    for (var part : name.split("_", -1)) {
      text.append(part.substring(0, 1).toUpperCase(Locale.ROOT)).append(part.substring(1));
    }
    return text.toString();
  }

  private static Value field(Message message, FieldDescriptor field) {
    if (field.isMapField()) {
      return map((List<?>) message.getField(field));
    }
    if (field.isRepeated()) {
      var items = new ArrayList<Value>();
      ((List<?>) message.getField(field)).forEach(item -> items.add(scalar(item)));
      return new Value.Items("[]" + typeName(field), items, items.isEmpty());
    }
    return field.getJavaType() == FieldDescriptor.JavaType.MESSAGE && !message.hasField(field)
        ? new Value.NilPointer(typeName(field))
        : scalar(message.getField(field));
  }

  private static String typeName(FieldDescriptor field) {
    return field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
        ? "*" + field.getMessageType().getName()
        : field.getType().name().toLowerCase(Locale.ROOT);
  }

  private static Value map(List<?> entries) {
    var values = new TreeMap<String, Value>();
    for (var item : entries) {
      var entry = (Message) item;
      var type = entry.getDescriptorForType();
      values.put(
          entry.getField(type.findFieldByNumber(1)).toString(),
          scalar(entry.getField(type.findFieldByNumber(2))));
    }
    boolean texts = values.values().stream().allMatch(Value.Text.class::isInstance);
    return new Value.Dict(texts ? "map[string]string" : "map[string]interface {}", values);
  }

  private static Value scalar(Object value) {
    return switch (value) {
      case Message message -> of(message);
      case String text -> Value.of(text);
      case Boolean flag -> Value.of(flag);
      case Long number -> Value.of(number);
      case Integer number -> Value.of(number);
      case EnumValueDescriptor constant ->
          new Value.Constant(constant.getName(), constant.getNumber());
      case ByteString bytes -> Value.of(Base64.getEncoder().encodeToString(bytes.toByteArray()));
      default -> throw new IllegalArgumentException("no such field: " + value.getClass());
    };
  }
}
