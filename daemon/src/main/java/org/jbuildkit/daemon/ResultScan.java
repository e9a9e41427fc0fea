package org.jbuildkit.daemon;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.dockerfile.SbomScanner;
import org.jbuildkit.engine.Frontend;
import org.jbuildkit.engine.gateway.Attestation;
import org.jbuildkit.engine.gateway.Build;
import org.jbuildkit.engine.gateway.BuildTree;
import org.jbuildkit.exporters.image.ResultPlatform;
import org.jbuildkit.llb.DefinitionReader;
import org.jbuildkit.llb.Definitions;
import org.jbuildkit.protocol.control.SolveRequest;
import org.jbuildkit.protocol.keys.AttestationKeys;
import org.jbuildkit.protocol.keys.AttestationOptions;

/** Has results scanned for software where that is wanted and their frontends did not. */
final class ResultScan {
  private ResultScan() {}

  /**
   * The result with what is to be stated of the software in it.
   *
   * @throws BuildException where there is no such scanner
   */
  static Build.Returned added(SolveRequest request, Build build, Build.Returned returned)
      throws InterruptedException {
    var options = request.getFrontendAttrsMap();
    var wanted = AttestationOptions.sbom(options);
    if (wanted.isEmpty() || isScanned(returned)) {
      return returned;
    }
    // Nobody looks for a scanner before there is something to scan.
    var _ = build.evaluate(returned);
    var client =
        DockerfileRun.client(build, Frontend.Request.of(new LinkedHashMap<>(options), Map.of()));
    var mode = options.getOrDefault("image-resolve-mode", "");
    var scanner = SbomScanner.find(client, wanted.get(), mode.equals("default") ? "" : mode);
    boolean ignoresCache = "".equals(options.get("no-cache"));
    var attestations = new LinkedHashMap<>(returned.attestations());
    for (var id : platforms(returned)) {
      tree(returned, id)
          .flatMap(tree -> DefinitionReader.result(tree.definition()))
          .ifPresent(core -> {
            var subject =
                new SbomScanner.Subject(Optional.of(core), new LinkedHashMap<>(), ignoresCache);
            var scan = scanner.scan(id, subject);
            var all = new ArrayList<>(attestations.getOrDefault(id, List.of()));
            all.add(Attestation.ofScan(build.solve(Definitions.marshal(Optional.of(scan)))));
            attestations.put(id, all);
          });
    }
    return returned.withAttestations(attestations);
  }

  private static boolean isScanned(Build.Returned returned) {
    return returned.attestations().values().stream()
        .flatMap(List::stream)
        .anyMatch(stated -> stated.predicateType().equals(AttestationKeys.SPDX));
  }

  private static List<String> platforms(Build.Returned returned) {
    var metadata = returned.metadata();
    return ResultPlatform.of(
            Optional.ofNullable(metadata.get("refs.platforms")),
            Optional.ofNullable(metadata.get("containerimage.config")))
        .stream()
        .map(ResultPlatform::id)
        .toList();
  }

  private static Optional<BuildTree> tree(Build.Returned returned, String id) {
    var all = returned.byPlatform();
    if (all.isEmpty()) {
      return returned.single();
    }
    var only =
        all.size() == 1 ? all.values().stream().findFirst() : Optional.ofNullable(all.get(id));
    return only.orElseThrow(() -> BuildException.failed("could not find ref " + id));
  }
}
