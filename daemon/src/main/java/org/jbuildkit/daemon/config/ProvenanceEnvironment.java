package org.jbuildkit.daemon.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.TreeSet;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Json;

/** A folder of JSON files that say what provenance documents tell of a daemon. */
final class ProvenanceEnvironment {
  private static final List<String> BUILT_IN =
      List.of("buildConfig", "builderPlatform", "platform");

  private ProvenanceEnvironment() {}

  /**
   * The members of all files in the order of their names; later ones win. A missing folder is an
   * empty one.
   */
  static Json.Obj read(Path folder) {
    var members = new LinkedHashMap<String, Json>();
    for (var file : files(folder)) {
      try {
        members.putAll(Json.parseObject(Files.readAllBytes(file)).members());
      } catch (IOException | IllegalArgumentException e) {
        throw BuildException.failed("failed to parse " + file, e);
      }
    }
    for (var key : BUILT_IN) {
      if (members.containsKey(key)) {
        throw BuildException.invalid(
            "key \"" + key + "\" is builtin and not allowed to be modified in provenance config");
      }
    }
    return new Json.Obj(members);
  }

  private static Iterable<Path> files(Path folder) {
    var files = new TreeSet<Path>();
    try (var found = Files.newDirectoryStream(folder, "*.json")) {
      for (var file : found) {
        if (!Files.isDirectory(file)) {
          files.add(file);
        }
      }
    } catch (NoSuchFileException | NotDirectoryException _) {
      return files;
    } catch (IOException e) {
      throw BuildException.failed("can't read " + folder, e);
    }
    return files;
  }
}
