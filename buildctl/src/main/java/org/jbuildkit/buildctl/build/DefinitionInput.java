package org.jbuildkit.buildctl.build;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Digest;
import org.jbuildkit.cli.Environment;
import org.jbuildkit.linux.Terminal;
import org.jbuildkit.protocol.pb.Definition;
import org.jbuildkit.protocol.pb.OpMetadata;

/** A marshalled definition on standard input. */
final class DefinitionInput {
  private DefinitionInput() {}

  static Definition read(Environment environment, boolean ignoreCache) throws IOException {
    if (environment.in().equals(System.in) && Terminal.at(0).isPresent()) {
      throw BuildException.failed("please specify --frontend or pipe LLB definition to stdin");
    }
    Definition definition;
    try {
      definition = Definition.parseFrom(environment.in().readAllBytes());
    } catch (InvalidProtocolBufferException e) {
      throw BuildException.failed("failed to parse input", e);
    }
    if (definition.getDefCount() == 0) {
      throw BuildException.failed("empty definition sent to build. Specify --frontend instead?");
    }
    return ignoreCache ? ignoringCache(definition) : definition;
  }

  private static Definition ignoringCache(Definition definition) {
    var changed = definition.toBuilder();
    for (var op : definition.getDefList()) {
      var digest = Digest.sha256(op.toByteArray()).toString();
      var metadata =
          definition.getMetadataOrDefault(digest, OpMetadata.getDefaultInstance()).toBuilder()
              .setIgnoreCache(true);
      changed.putMetadata(digest, metadata.build());
    }
    return changed.build();
  }
}
