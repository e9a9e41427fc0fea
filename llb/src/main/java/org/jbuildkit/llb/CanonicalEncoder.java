package org.jbuildkit.llb;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.MapEntry;
import com.google.protobuf.Message;
import com.google.protobuf.WireFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jbuildkit.protocol.pb.Op;

/**
 * Encodes messages as BuildKit's generated Go code does: fields in ascending order but members of a
 * oneof after all others, map entries by the bytes of their keys, repeated numbers packed, unknown
 * fields last. protobuf-java writes oneof members at their own place, which gives other digests.
 */
public final class CanonicalEncoder {
  /** Messages of ops that protobuf-java, which is much faster, encodes in the same way. */
  private static final Set<Descriptor> PLAIN = plain(Op.getDescriptor());

  private CanonicalEncoder() {}

  private static Set<Descriptor> plain(Descriptor root) {
    var all = new LinkedHashSet<Descriptor>(List.of(root));
    for (var pending = new ArrayDeque<>(all); !pending.isEmpty(); ) {
      for (var field : pending.remove().getFields()) {
        if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
            && all.add(field.getMessageType())) {
          pending.add(field.getMessageType());
        }
      }
    }
    var plain = new HashSet<>(all);
    while (plain.removeIf(type -> !isPlain(type, plain))) {
      // What holds a message that is not plain is not plain itself.
    }
    return Set.copyOf(plain);
  }

  private static boolean isPlain(Descriptor type, Set<Descriptor> plain) {
    int firstChosen = Integer.MAX_VALUE;
    int lastOther = 0;
    for (var field : type.getFields()) {
      boolean isMessage = field.getJavaType() == FieldDescriptor.JavaType.MESSAGE;
      if (field.isMapField() || (isMessage && !plain.contains(field.getMessageType()))) {
        return false;
      }
      if (field.getRealContainingOneof() != null) {
        firstChosen = Math.min(firstChosen, field.getNumber());
      } else {
        lastOther = Math.max(lastOther, field.getNumber());
      }
    }
    return firstChosen > lastOther;
  }

  public static byte[] encode(Message message) {
    if (PLAIN.contains(message.getDescriptorForType())) {
      return message.toByteArray();
    }
    var bytes = new ByteArrayOutputStream();
    var out = CodedOutputStream.newInstance(bytes);
    try {
      write(out, message);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static void write(CodedOutputStream out, Message message) throws IOException {
    var chosen = new ArrayList<FieldDescriptor>();
    for (var field : message.getAllFields().keySet()) {
      if (field.getRealContainingOneof() != null) {
        chosen.add(field);
      } else {
        write(out, message, field);
      }
    }
    for (var field : chosen) {
      write(out, message, field);
    }
    message.getUnknownFields().writeTo(out);
  }

  private static void write(CodedOutputStream out, Message message, FieldDescriptor field)
      throws IOException {
    if (field.isMapField()) {
      writeMap(out, field, (List<?>) message.getField(field));
    } else if (field.isPacked()) {
      writePacked(out, field, (List<?>) message.getField(field));
    } else if (field.isRepeated()) {
      for (var element : (List<?>) message.getField(field)) {
        writeOne(out, field, element);
      }
    } else {
      writeOne(out, field, message.getField(field));
    }
  }

  private static void writeOne(CodedOutputStream out, FieldDescriptor field, Object value)
      throws IOException {
    if (value instanceof Message message) {
      writeBytes(out, field.getNumber(), encode(message));
      return;
    }
    out.writeTag(field.getNumber(), field.getLiteType().getWireType());
    writeValue(out, field, value);
  }

  private static void writeBytes(CodedOutputStream out, int number, byte[] bytes)
      throws IOException {
    out.writeTag(number, WireFormat.WIRETYPE_LENGTH_DELIMITED);
    out.writeUInt32NoTag(bytes.length);
    out.writeRawBytes(bytes);
  }

  private static void writeValue(CodedOutputStream out, FieldDescriptor field, Object value)
      throws IOException {
    switch (field.getType()) {
      case STRING -> out.writeStringNoTag((String) value);
      case BYTES -> out.writeBytesNoTag((com.google.protobuf.ByteString) value);
      case BOOL -> out.writeBoolNoTag((Boolean) value);
      case INT32 -> out.writeInt32NoTag((Integer) value);
      case UINT32 -> out.writeUInt32NoTag((Integer) value);
      case INT64 -> out.writeInt64NoTag((Long) value);
      case UINT64 -> out.writeUInt64NoTag((Long) value);
      case ENUM ->
          out.writeEnumNoTag(
              ((com.google.protobuf.Descriptors.EnumValueDescriptor) value).getNumber());
      default -> throw new IllegalArgumentException("no canonical form for " + field.getFullName());
    }
  }

  private static void writePacked(CodedOutputStream out, FieldDescriptor field, List<?> values)
      throws IOException {
    var bytes = new ByteArrayOutputStream();
    var packed = CodedOutputStream.newInstance(bytes);
    for (var value : values) {
      writeValue(packed, field, value);
    }
    packed.flush();
    writeBytes(out, field.getNumber(), bytes.toByteArray());
  }

  private static void writeMap(CodedOutputStream out, FieldDescriptor field, List<?> entries)
      throws IOException {
    var sorted = new ArrayList<MapEntry<?, ?>>();
    for (var entry : entries) {
      sorted.add((MapEntry<?, ?>) entry);
    }
    sorted.sort((a, b) -> Arrays.compareUnsigned(utf8(a.getKey()), utf8(b.getKey())));
    var key = field.getMessageType().findFieldByNumber(1);
    var value = field.getMessageType().findFieldByNumber(2);
    for (var entry : sorted) {
      var bytes = new ByteArrayOutputStream();
      var pair = CodedOutputStream.newInstance(bytes);
      writeOne(pair, key, entry.getField(key));
      writeOne(pair, value, entry.getField(value));
      pair.flush();
      writeBytes(out, field.getNumber(), bytes.toByteArray());
    }
  }

  private static byte[] utf8(Object key) {
    return String.valueOf(key).getBytes(StandardCharsets.UTF_8);
  }
}
