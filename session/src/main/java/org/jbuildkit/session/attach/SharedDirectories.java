package org.jbuildkit.session.attach;

import io.grpc.Metadata;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.linux.Dir;
import org.jbuildkit.protocol.filesync.FileSyncGrpc;
import org.jbuildkit.protocol.fsutil.Packet;
import org.jbuildkit.protocol.keys.MetadataKeys;
import org.jbuildkit.session.CallHeaders;
import org.jbuildkit.session.HeaderText;
import org.jbuildkit.session.errors.StatusCodec;
import org.jbuildkit.session.files.FileSender;
import org.jbuildkit.session.files.PacketStream;
import org.jbuildkit.session.files.TreeEntries;
import org.jbuildkit.session.files.TreeFilter;
import org.jbuildkit.session.stream.MessageStream;

/** Directories that the daemon may read, by name. All files are sent as belonging to root. */
public final class SharedDirectories extends FileSyncGrpc.FileSyncImplBase {
  private final Map<String, Path> directories;

  /**
   * @param directories existing directories, links in their paths resolved
   */
  public SharedDirectories(Map<String, Path> directories) {
    this.directories = new LinkedHashMap<>(directories);
  }

  @Override
  public StreamObserver<Packet> diffCopy(StreamObserver<Packet> out) {
    var headers = CallHeaders.current();
    return MessageStream.serve(out, stream -> send(headers, stream));
  }

  private void send(Metadata headers, MessageStream<Packet, Packet> stream) throws Exception {
    var name = HeaderText.get(headers, MetadataKeys.DIRECTORY_NAME).stream().findFirst().orElse("");
    var path = directories.get(name);
    if (path == null) {
      throw StatusCodec.framed(ErrorCode.NOT_FOUND, "no access allowed to dir \"" + name + "\"");
    }
    var filter =
        new TreeFilter(
            HeaderText.get(headers, MetadataKeys.INCLUDE_PATTERNS),
            HeaderText.get(headers, MetadataKeys.EXCLUDE_PATTERNS),
            HeaderText.get(headers, MetadataKeys.FOLLOW_PATHS));
    try (var root = Dir.open(path)) {
      FileSender.send(
          PacketStream.of(stream),
          TreeEntries.of(root, filter)
              .mapped(stat -> stat.toBuilder().setUid(0).setGid(0).build()));
    }
  }
}
