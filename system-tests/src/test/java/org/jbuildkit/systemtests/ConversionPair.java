package org.jbuildkit.systemtests;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jbuildkit.base.RandomId;
import org.jbuildkit.base.TaskScope;
import org.jbuildkit.client.BuildRunner;
import org.jbuildkit.client.BuildSpec;
import org.jbuildkit.client.DaemonConnection;
import org.jbuildkit.daemon.EmbeddedBuildkit;
import org.jbuildkit.daemon.config.DaemonConfig;
import org.jbuildkit.session.attach.SharedDirectories;

/** A daemon of ours in this process and Docker's engine, which are asked the same. */
final class ConversionPair implements AutoCloseable {
  /** The images that a registry has for both. */
  private static final Map<String, String> IMAGES =
      Map.of(
          "base",
          """
          FROM scratch
          COPY Dockerfile /
          ENV PATH=/b:/c BASE=of-base
          LABEL base=1
          USER 7
          WORKDIR /work
          SHELL ["/bin/ash", "-ec"]
          VOLUME /vol
          CMD ["base"]
          """,
          "triggers",
          """
          FROM scratch
          COPY Dockerfile /
          ONBUILD ARG T=1
          ONBUILD ENV TRIGGERED=$T
          ONBUILD COPY --chown=1 a /a
          ONBUILD RUN echo $T
          """);

  private final Path folder;
  private final List<AutoCloseable> opened;
  private final RegistryProgram registry;
  private final ConversionAnswers ours;
  private final ConversionAnswers theirs;

  private ConversionPair(
      Path folder,
      List<AutoCloseable> opened,
      RegistryProgram registry,
      ConversionAnswers ours,
      ConversionAnswers theirs) {
    this.folder = folder;
    this.opened = opened;
    this.registry = registry;
    this.ours = ours;
    this.theirs = theirs;
  }

  /**
   * Starts all but the peer.
   *
   * @param folder takes all that they keep
   * @param builder the peer, which this owns then
   */
  static ConversionPair start(Path folder, DockerBuilder builder) throws Exception {
    var opened = new ArrayList<AutoCloseable>(List.of(builder));
    var registry = RegistryProgram.start(folder.resolve("registry"), false);
    opened.addFirst(registry);
    var daemon = EmbeddedBuildkit.start(DaemonConfig.embedded(folder.resolve("root")));
    opened.addFirst(daemon);
    var connection = DaemonConnection.over(daemon.openChannel());
    opened.addFirst(connection);
    for (var image : IMAGES.entrySet()) {
      push(connection, image.getValue(), registry.host() + "/" + image.getKey(), folder);
    }
    return new ConversionPair(
        folder,
        opened,
        registry,
        new ConversionAnswers(connection.channel()),
        new ConversionAnswers(builder.channel()));
  }

  private static void push(DaemonConnection daemon, String text, String name, Path folder)
      throws IOException, InterruptedException {
    var context = Files.createTempDirectory(folder, "image");
    Files.writeString(context.resolve("Dockerfile"), text);
    var attributes = new LinkedHashMap<>(Map.of("name", name, "push", "true"));
    var directories = Map.of("context", context, "dockerfile", context);
    var spec =
        BuildSpec.of(
            RandomId.next(),
            "dockerfile.v0",
            new LinkedHashMap<>(),
            List.of(new BuildSpec.Endpoint("image", attributes)),
            List.of(new SharedDirectories(directories)));
    var _ = new BuildRunner(daemon).run(spec, _ -> {});
  }

  /** The name of one of the images: {@code base}, {@code triggers}. */
  String image(String name) {
    return registry.host() + "/" + name;
  }

  /** Names one of the images by a tag of its own, so that uses can be told apart. */
  String tagged(String name, String tag) throws IOException {
    var manifests = "http://" + registry.host() + "/v2/" + name + "/manifests/";
    var type = "application/vnd.oci.image.manifest.v1+json";
    var from = (HttpURLConnection) URI.create(manifests + "latest").toURL().openConnection();
    from.setRequestProperty("Accept", type);
    var manifest = from.getInputStream().readAllBytes();
    var to = (HttpURLConnection) URI.create(manifests + tag).toURL().openConnection();
    to.setRequestMethod("PUT");
    to.setRequestProperty("Content-Type", type);
    to.setDoOutput(true);
    to.getOutputStream().write(manifest);
    if (to.getResponseCode() != HttpURLConnection.HTTP_CREATED) {
      throw new IOException("no tag: " + to.getResponseMessage());
    }
    return "docker-image://" + image(name) + ":" + tag;
  }

  /** Two answers to one question. */
  record Answers(String ours, String theirs) {
    boolean areEqual() {
      return ours.equals(theirs);
    }
  }

  /**
   * Asks both.
   *
   * @param request without its prefix; empty to build
   */
  Answers ask(String request, ConversionAnswers.Question question)
      throws IOException, InterruptedException {
    var work = Files.createTempDirectory(folder, "ask");
    try (var scope = TaskScope.open()) {
      var first = scope.fork(() -> ours.ask(request, question, work));
      var second = scope.fork(() -> theirs.ask(request, question, work));
      scope.join();
      return new Answers(first.get(), second.get());
    }
  }

  @Override
  public void close() throws Exception {
    for (var one : opened) {
      one.close();
    }
  }
}
