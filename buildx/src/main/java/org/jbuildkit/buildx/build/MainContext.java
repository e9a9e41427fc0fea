package org.jbuildkit.buildx.build;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.protocol.keys.SolveOptions;

/** The context of a build and its Dockerfile: where they are, and how the frontend is told. */
final class MainContext {
  private static final String CONTEXT = "context";
  private static final String DOCKERFILE = "dockerfile";
  private static final String DEFAULT_NAME = "Dockerfile";
  private static final Pattern REMOTE =
      Pattern.compile(
          "(?i:(https?|git|ssh|git\\+ssh|git\\+https?)://).*"
              + "|github\\.com/.*"
              + "|[A-Za-z0-9_.-]+@[A-Za-z0-9.-]+:.*");

  private final String context;
  private final String file;
  private final BuildInputs inputs;
  private final InputStream stdin;

  MainContext(String context, String file, BuildInputs inputs, InputStream stdin) {
    this.context = context;
    this.file = file;
    this.inputs = inputs;
    this.stdin = stdin;
  }

  /** Whether a context is fetched by the daemon. */
  static boolean isRemote(String context) {
    return REMOTE.matcher(context).matches();
  }

  /** Whether a context comes over ssh, so that the daemon needs an agent. */
  static boolean isSsh(String context) {
    return context.matches("(?i:(git\\+)?ssh://.*)|[A-Za-z0-9_.-]+@[A-Za-z0-9.-]+:.*")
        && !Files.isDirectory(Path.of(context));
  }

  /**
   * Adds the context and the Dockerfile to the inputs.
   *
   * @return what scopes the reuse of files sent before; empty if nothing does
   */
  String resolve() throws IOException {
    if (context.isEmpty()) {
      throw BuildException.failed(
          "please specify build context (e.g. \".\" for the current directory)");
    }
    if (file.matches("(?i:https?://.*)")) {
      throw BuildException.failed("a Dockerfile at an URL is not supported: " + file);
    }
    if (context.equals("-")) {
      fromStdin();
      return "";
    }
    if (Files.isDirectory(Path.of(context))) {
      return fromDirectory();
    }
    if (isRemote(context)) {
      fromRemote();
      return "";
    }
    throw BuildException.failed("unable to prepare context: path \"" + context + "\" not found");
  }

  private void fromStdin() throws IOException {
    if (file.equals("-")) {
      throw BuildException.failed(
          "invalid argument: can't use stdin for both build context and dockerfile");
    }
    var input = StdinContext.open(stdin);
    switch (input.kind()) {
      case NOTHING -> inputs.options.put(SolveOptions.FILENAME, nameIn(file));
      case ARCHIVE -> {
        inputs.options.put(SolveOptions.CONTEXT, inputs.upload(input.data()));
        inputs.options.put(SolveOptions.FILENAME, nameIn(file));
      }
      case DOCKERFILE -> {
        if (!file.isEmpty()) {
          throw BuildException.failed(
              "ambiguous Dockerfile source: both stdin and flag correspond to Dockerfiles");
        }
        inputs.share(CONTEXT, inputs.temporaryFolder());
        dockerfileFrom(input.data());
      }
    }
  }

  private static String nameIn(String file) {
    return file.isEmpty() ? DEFAULT_NAME : file;
  }

  private void dockerfileFrom(InputStream data) throws IOException {
    var folder = inputs.temporaryFolder();
    Files.copy(data, folder.resolve(DEFAULT_NAME));
    dockerfileAt(folder, DEFAULT_NAME);
  }

  /** A Dockerfile in a folder of its own, apart from the context. */
  private void dockerfileAt(Path folder, String name) throws IOException {
    inputs.share(DOCKERFILE, folder);
    inputs.options.put(SolveOptions.DOCKERFILE_KEY, DOCKERFILE);
    inputs.options.put(SolveOptions.FILENAME, name);
  }

  private String fromDirectory() throws IOException {
    var directory = Path.of(context);
    inputs.share(CONTEXT, directory);
    if (file.equals("-")) {
      dockerfileFrom(stdin);
    } else {
      Path path = file.isEmpty() ? directory.resolve(DEFAULT_NAME) : Path.of(file);
      var folder = Optional.ofNullable(path.toAbsolutePath().getParent()).orElse(directory);
      inputs.share(DOCKERFILE, folder);
      inputs.options.put(SolveOptions.FILENAME, existing(folder, path.getFileName().toString()));
    }
    return Optional.ofNullable(directory.toAbsolutePath().normalize().getFileName())
        .map(Path::toString)
        .orElse("/");
  }

  /** The name as it is, or in lower case if only that one exists. */
  private static String existing(Path folder, String name) {
    var lower = name.toLowerCase(Locale.ROOT);
    boolean onlyLower =
        name.equals(DEFAULT_NAME)
            && !Files.exists(folder.resolve(name), LinkOption.NOFOLLOW_LINKS)
            && Files.exists(folder.resolve(lower), LinkOption.NOFOLLOW_LINKS);
    return onlyLower ? lower : name;
  }

  private void fromRemote() throws IOException {
    inputs.options.put(SolveOptions.CONTEXT, context);
    if (context.contains("?") && !context.matches("(?i:https?://.*)|.*\\.git[?#].*")) {
      inputs.capabilities.add("moby.buildkit.frontend.gitquerystring");
    }
    if (file.equals("-")) {
      dockerfileFrom(stdin);
    } else if (Path.of(file).isAbsolute()) {
      var path = Path.of(file);
      dockerfileAt(path.resolveSibling("."), path.getFileName().toString());
    } else {
      inputs.options.put(SolveOptions.FILENAME, nameIn(file));
    }
  }

  /** Where the Dockerfile is, as errors name it. */
  static String displayName(String context, String file) {
    if (!file.isEmpty()) {
      return file.equals("-") ? "stdin" : file;
    }
    return context.equals(".") || context.equals("-") || isRemote(context)
        ? DEFAULT_NAME
        : Path.of(context).resolve(DEFAULT_NAME).toString();
  }
}
