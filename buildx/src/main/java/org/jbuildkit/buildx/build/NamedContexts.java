package org.jbuildkit.buildx.build;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.RandomId;
import org.jbuildkit.client.LayoutIndex;
import org.jbuildkit.oci.ImageReference;
import org.jbuildkit.protocol.keys.SolveOptions;
import org.jbuildkit.protocol.keys.SourceAttributes;
import org.jbuildkit.session.attach.BlobFolder;

/** {@code --build-context}: what stands in for images, or is an additional context. */
final class NamedContexts {
  private static final String CAPABILITY = "moby.buildkit.frontend.contexts+forward";
  private static final String LAYOUT = "oci-layout://";

  private NamedContexts() {}

  /** Contexts by name, names in their short form. */
  static SequencedMap<String, String> parse(List<String> values) {
    var contexts = new LinkedHashMap<String, String>();
    for (var value : values) {
      int equals = value.indexOf('=');
      if (equals < 0) {
        throw BuildException.failed("invalid context value: " + value + ", expected key=value");
      }
      var name = value.substring(0, equals);
      var reference =
          ImageReference.tryParse(name)
              .orElseThrow(() -> BuildException.failed("invalid context name " + name));
      contexts.put(reference.familiar().replaceFirst(":latest$", ""), value.substring(equals + 1));
    }
    return contexts;
  }

  /**
   * Adds the contexts to the inputs.
   *
   * @param nodeId scopes the reuse of files sent before
   */
  static void resolve(SequencedMap<String, String> contexts, BuildInputs inputs, String nodeId)
      throws IOException {
    for (var entry : contexts.entrySet()) {
      inputs.capabilities.add(CAPABILITY);
      var key = SolveOptions.CONTEXT_PREFIX + entry.getKey();
      var value = entry.getValue();
      if (value.startsWith("docker-image://")
          || value.startsWith("target:")
          || MainContext.isRemote(value)) {
        inputs.options.put(key, value);
      } else if (value.startsWith(LAYOUT)) {
        inputs.options.put(key, layout(value.substring(LAYOUT.length()), inputs));
      } else {
        directory(entry.getKey(), value, inputs, nodeId);
      }
    }
  }

  private static void directory(String name, String value, BuildInputs inputs, String nodeId)
      throws IOException {
    var path = Path.of(value);
    if (!Files.exists(path)) {
      throw BuildException.failed(
          "failed to get build context %s: stat %s: no such file or directory"
              .formatted(name, value));
    }
    if (!Files.isDirectory(path)) {
      throw BuildException.failed(
          "failed to get build context path {%s <nil>}: not a directory".formatted(value));
    }
    boolean reserved = name.equals("context") || name.equals("dockerfile");
    var mount = reserved ? "_" + name : name;
    inputs.share(mount, path);
    inputs.options.put(SolveOptions.CONTEXT_PREFIX + name, "local:" + mount);
    inputs.options.put(
        SolveOptions.SHARED_KEY_PREFIX + name,
        path.toAbsolutePath().normalize().getFileName() + ":" + nodeId);
  }

  /** A layout is offered under a random id; its image is named by digest. */
  private static String layout(String value, BuildInputs inputs) throws IOException {
    int at = value.lastIndexOf('@');
    String digest = at < 0 ? "" : value.substring(at + 1);
    String rest = at < 0 ? value : value.substring(0, at);
    int colon = rest.lastIndexOf(':');
    boolean tagged = colon > rest.lastIndexOf('/');
    String tag = tagged ? rest.substring(colon + 1) : "";
    Path path = Path.of(tagged ? rest.substring(0, colon) : rest);
    if (digest.isEmpty()) {
      digest = digest(path, tag).orElseThrow(() -> unresolved(value));
    }
    var id = RandomId.next();
    inputs.stores.put(SourceAttributes.OCI_STORE_PREFIX + id, new BlobFolder(path));
    return LAYOUT + id + (tag.isEmpty() ? "" : ":" + tag) + "@" + digest;
  }

  private static Optional<String> digest(Path layout, String tag) {
    var index = new LayoutIndex(layout);
    try {
      var wanted = tag.isEmpty() ? "latest" : tag;
      var named = index.digest(wanted);
      return named.isPresent() ? named : index.onlyDigest();
    } catch (IOException e) {
      throw unresolved(layout.toString());
    }
  }

  private static BuildException unresolved(String value) {
    return BuildException.failed(
        "oci-layout reference \"" + value + "\" could not be resolved: failed to resolve digest");
  }
}
