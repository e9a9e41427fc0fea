package org.jbuildkit.daemon;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.engine.BuildResult;
import org.jbuildkit.engine.Exporter;
import org.jbuildkit.protocol.control.SolveRequest;
import org.jbuildkit.session.SessionRegistry;
import org.jbuildkit.session.calls.ExporterQuestion;

/** The exporters of a daemon, and which of them a build wants. */
final class Exporters {
  private static final String EPOCH = "source-date-epoch";

  private final Map<String, Exporter> byType = new LinkedHashMap<>();
  private final SessionRegistry sessions;

  Exporters(List<Exporter> exporters, SessionRegistry sessions) {
    exporters.forEach(exporter -> byType.put(exporter.type(), exporter));
    this.sessions = sessions;
  }

  /** The exporters asked for, with what the daemon adds to their attributes. */
  static List<org.jbuildkit.protocol.control.Exporter> wanted(SolveRequest request) {
    var wanted = new ArrayList<>(request.getExportersList());
    if (wanted.isEmpty() && !request.getExporterDeprecated().isEmpty()) {
      wanted.add(
          org.jbuildkit.protocol.control.Exporter.newBuilder()
              .setType(request.getExporterDeprecated())
              .putAllAttrs(request.getExporterAttrsDeprecatedMap())
              .build());
    }
    var epoch = request.getFrontendAttrsMap().get("build-arg:SOURCE_DATE_EPOCH");
    if (epoch != null && (epoch.isEmpty() || epoch.matches("-?\\d{1,18}"))) {
      wanted.replaceAll(exporter ->
          exporter.containsAttrs(EPOCH)
              ? exporter
              : exporter.toBuilder().putAttrs(EPOCH, epoch).build());
    }
    return wanted;
  }

  /** Opens what was asked for. */
  List<Exporter.Export> open(List<org.jbuildkit.protocol.control.Exporter> wanted) {
    var exports = new ArrayList<Exporter.Export>();
    for (int i = 0; i < wanted.size(); i++) {
      exports.add(open(i, wanted.get(i).getType(), wanted.get(i).getAttrsMap()));
    }
    return exports;
  }

  private Exporter.Export open(int index, String type, Map<String, String> attributes) {
    var exporter = byType.get(type);
    if (exporter == null) {
      throw BuildException.failed("exporter \"" + type + "\" could not be found");
    }
    return exporter.open(index, new LinkedHashMap<>(attributes));
  }

  /** What the client wants in addition, now that it can know the result. */
  List<Exporter.Export> chosenByClient(SolveRequest request, BuildResult result, int first)
      throws InterruptedException {
    if (!request.getEnableSessionExporter()) {
      return List.of();
    }
    var session = sessions.await(request.getSession(), SessionRegistry.DEFAULT_WAIT);
    var refs = List.copyOf(result.byPlatform().keySet());
    var exports = new ArrayList<Exporter.Export>();
    for (var chosen : ExporterQuestion.find(session, result.metadata(), refs)) {
      exports.add(open(first + exports.size(), chosen.getType(), chosen.getAttrsMap()));
    }
    return exports;
  }

  /** Tells the client that chose exporters what they answered. */
  void tellClient(SolveRequest request, Map<String, String> response) throws InterruptedException {
    if (request.getEnableSessionExporter()) {
      var session = sessions.await(request.getSession(), SessionRegistry.DEFAULT_WAIT);
      ExporterQuestion.finish(session, response);
    }
  }
}
