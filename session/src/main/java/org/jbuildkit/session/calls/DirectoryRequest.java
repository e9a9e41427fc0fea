package org.jbuildkit.session.calls;

import io.grpc.Metadata;
import java.io.IOException;
import java.util.List;
import java.util.function.LongConsumer;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.protocol.filesync.FileSyncGrpc;
import org.jbuildkit.protocol.keys.MetadataKeys;
import org.jbuildkit.session.HeaderText;
import org.jbuildkit.session.Session;
import org.jbuildkit.session.files.FileReceiver;
import org.jbuildkit.session.files.PacketStream;
import org.jbuildkit.session.files.ReceiveTarget;
import org.jbuildkit.session.files.Selection;
import org.jbuildkit.session.files.TreeFilter;
import org.jbuildkit.session.stream.MessageStream;

/**
 * A directory of the client, or a part of it.
 *
 * @param name the client's name for it
 */
public record DirectoryRequest(String name, TreeFilter filter) {

  /**
   * Brings {@code target} into the directory's state.
   *
   * @param selection which entries are taken of those that are announced
   * @param progress gets the bytes received so far, packets included
   */
  public void receive(
      Session session,
      ReceiveTarget target,
      FileReceiver.Differ differ,
      Selection selection,
      LongConsumer progress)
      throws InterruptedException, IOException {
    var method = FileSyncGrpc.getDiffCopyMethod();
    if (!session.supports("/" + method.getFullMethodName())) {
      throw BuildException.failed("no local sources enabled");
    }
    var headers = new Metadata();
    HeaderText.put(headers, MetadataKeys.DIRECTORY_NAME, List.of(name));
    HeaderText.put(headers, MetadataKeys.INCLUDE_PATTERNS, filter.include());
    HeaderText.put(headers, MetadataKeys.EXCLUDE_PATTERNS, filter.exclude());
    HeaderText.put(headers, MetadataKeys.FOLLOW_PATHS, filter.follow());
    try (var stream = MessageStream.open(session.channel(), method, headers)) {
      FileReceiver.receive(
          PacketStream.of(stream),
          target,
          differ,
          FileReceiver.Extra.DELETE,
          stat -> stat,
          selection,
          progress);
      stream.halfClose();
      while (stream.receive().isPresent()) {
        // The end of the stream is the sender's success.
      }
    }
  }
}
