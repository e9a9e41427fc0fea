import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jbuildkit.client.BuildRunner;
import org.jbuildkit.client.BuildSpec;
import org.jbuildkit.client.DaemonConnection;
import org.jbuildkit.client.progress.ProgressHeading;
import org.jbuildkit.client.progress.ProgressPrinter;
import org.jbuildkit.daemon.EmbeddedBuildkit;
import org.jbuildkit.daemon.config.DaemonConfig;
import org.jbuildkit.base.RandomId;
import org.jbuildkit.session.attach.ExportDestination;
import org.jbuildkit.session.attach.ExportReceiver;
import org.jbuildkit.session.attach.SharedDirectories;

/** Builds the Dockerfile of a folder into an OCI archive, with the daemon in this very process. */
public final class Embedded {
  private Embedded() {}

  public static void main(String[] arguments) throws Exception {
    if (arguments.length != 3) {
      System.err.println("usage: Embedded ROOT CONTEXT ARCHIVE");
      System.exit(2);
    }
    var root = Path.of(arguments[0]);
    var context = Path.of(arguments[1]).toRealPath();
    var archive = Path.of(arguments[2]);

    // What the build asks this program for: the context, and a place for the result.
    var files = new SharedDirectories(Map.of("context", context, "dockerfile", context));
    var result = new ExportDestination.ToStream(_ -> Files.newOutputStream(archive));
    var image = new LinkedHashMap<String, String>();
    image.put("name", "example.org/embedded:latest");
    var spec =
        BuildSpec.of(
            RandomId.next(),
            "dockerfile.v0",
            new LinkedHashMap<>(),
            List.of(new BuildSpec.Endpoint("oci", image)),
            List.of(files, new ExportReceiver(Map.of(0, result))));

    try (var buildkit = EmbeddedBuildkit.start(DaemonConfig.embedded(root));
        var daemon = DaemonConnection.over(buildkit.openChannel());
        var progress =
            ProgressPrinter.start("plain", System.err, 2, ProgressHeading.NONE, System.getenv())) {
      var outcome = new BuildRunner(daemon).run(spec, progress::add);
      System.out.println(outcome.response().get("containerimage.digest"));
    }
  }
}
