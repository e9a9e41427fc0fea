package org.jbuildkit.dockerfile;

import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jbuildkit.base.ErrorDetail;
import org.jbuildkit.dockerfile.syntax.Line;
import org.jbuildkit.llb.LlbEdge;
import org.jbuildkit.llb.Ops;
import org.jbuildkit.llb.SourceLocation;
import org.jbuildkit.llb.SourceText;
import org.jbuildkit.oci.Platform;
import org.jbuildkit.protocol.pb.OpMetadata;

/**
 * What all stages of one conversion share.
 *
 * <p>The context's vertex is keyed by the paths that are used, which are known only at the end: the
 * first conversion of a file collects them with any context, the second one uses the right one.
 */
final class BuildScene {
  static final String CUSTOM_NAME = "llb.customname";
  static final String COMMAND = "com.docker.dockerfile.v1.command";

  final FrontendOptions options;
  final FrontendClient client;
  final BuildArguments arguments;
  final SourceText text;
  final char escape;
  final Platform target;
  final LlbEdge context;
  final Set<String> contextPaths = new TreeSet<>();
  boolean usesContext;
  int states;

  BuildScene(
      FrontendOptions options,
      FrontendClient client,
      BuildArguments arguments,
      SourceText text,
      char escape,
      Platform target,
      LlbEdge context) {
    this.options = options;
    this.client = client;
    this.arguments = arguments;
    this.text = text;
    this.escape = escape;
    this.target = target;
    this.context = context;
  }

  /** The build context, of which this path is used. */
  LlbEdge contextFor(String path) {
    usesContext = true;
    contextPaths.add(path);
    return context;
  }

  SourceLocation location(Line line) {
    var ranges = new java.util.ArrayList<ErrorDetail.Range>();
    for (int i = line.firstLine(); i <= line.lastLine(); i++) {
      ranges.add(ErrorDetail.Range.lines(i, i));
    }
    return new SourceLocation(text, ranges);
  }

  /** What is said of an instruction's vertex. */
  Ops.About about(Line line, String name, Optional<String> command, boolean ignoreCache) {
    var metadata = OpMetadata.newBuilder().putDescription(CUSTOM_NAME, name);
    command.ifPresent(value -> metadata.putDescription(COMMAND, value));
    metadata.setIgnoreCache(ignoreCache);
    return new Ops.About(metadata.build(), java.util.List.of(location(line)));
  }
}
