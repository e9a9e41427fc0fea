package org.jbuildkit.session.stream;

import com.google.protobuf.ByteString;
import java.util.function.Function;

/**
 * How bytes are put into the messages of one service and taken out again: four packages each
 * declare their own {@code BytesMessage}.
 */
public record ByteMessages<T>(Function<ByteString, T> wrap, Function<T, ByteString> unwrap) {
  public static final ByteMessages<org.jbuildkit.protocol.control.BytesMessage> CONTROL =
      new ByteMessages<>(
          data -> org.jbuildkit.protocol.control.BytesMessage.newBuilder().setData(data).build(),
          org.jbuildkit.protocol.control.BytesMessage::getData);

  public static final ByteMessages<org.jbuildkit.protocol.filesync.BytesMessage> FILE_SEND =
      new ByteMessages<>(
          data -> org.jbuildkit.protocol.filesync.BytesMessage.newBuilder().setData(data).build(),
          org.jbuildkit.protocol.filesync.BytesMessage::getData);

  public static final ByteMessages<org.jbuildkit.protocol.sshforward.BytesMessage> SSH =
      new ByteMessages<>(
          data -> org.jbuildkit.protocol.sshforward.BytesMessage.newBuilder().setData(data).build(),
          org.jbuildkit.protocol.sshforward.BytesMessage::getData);

  public static final ByteMessages<org.jbuildkit.protocol.upload.BytesMessage> UPLOAD =
      new ByteMessages<>(
          data -> org.jbuildkit.protocol.upload.BytesMessage.newBuilder().setData(data).build(),
          org.jbuildkit.protocol.upload.BytesMessage::getData);
}
