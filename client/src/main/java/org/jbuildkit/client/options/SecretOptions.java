package org.jbuildkit.client.options;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.cli.CsvFields;
import org.jbuildkit.cli.UsageException;
import org.jbuildkit.session.attach.SecretSource.Origin;

/** Secrets that a build may ask for. */
public final class SecretOptions {
  private static final int MAX_FILE = 500 * 1024;

  private SecretOptions() {}

  public static Map<String, Origin> parse(List<String> values, Map<String, String> environment)
      throws IOException {
    var secrets = new LinkedHashMap<String, Origin>();
    for (var value : values) {
      add(value, secrets, environment);
    }
    return secrets;
  }

  private static void add(
      String value, Map<String, Origin> secrets, Map<String, String> environment)
      throws IOException {
    List<String> fields;
    try {
      fields = CsvFields.parse(value);
    } catch (UsageException e) {
      throw BuildException.failed("failed to parse csv secret: " + e.getMessage());
    }
    var type = "";
    var id = "";
    var file = "";
    var variable = "";
    for (var field : fields) {
      int equals = field.indexOf('=');
      if (equals < 0) {
        throw BuildException.failed("invalid field '" + field + "' must be a key=value pair");
      }
      var key = field.substring(0, equals).toLowerCase(Locale.ROOT);
      var given = field.substring(equals + 1);
      switch (key) {
        case "type" -> {
          if (!given.equals("file") && !given.equals("env")) {
            throw BuildException.failed("unsupported secret type \"" + given + "\"");
          }
          type = given;
        }
        case "id" -> id = given;
        case "source", "src" -> file = given;
        case "env" -> variable = given;
        default -> throw BuildException.failed("unexpected key '" + key + "' in '" + field + "'");
      }
    }
    if (type.equals("env") && variable.isEmpty()) {
      variable = file;
      file = "";
    }
    if (id.isEmpty()) {
      throw BuildException.failed("secret missing ID");
    }
    secrets.put(id, origin(id, file, variable, environment));
  }

  private static Origin origin(
      String id, String file, String variable, Map<String, String> environment) throws IOException {
    if (!variable.isEmpty()) {
      return new Origin.FromValue(environment.getOrDefault(variable, ""));
    }
    if (file.isEmpty() && environment.containsKey(id)) {
      return new Origin.FromValue(environment.getOrDefault(id, ""));
    }
    var path = Path.of(file.isEmpty() ? id : file);
    if (!Files.exists(path)) {
      throw BuildException.failed(
          "failed to stat " + path + ": stat " + path + ": no such file or directory");
    }
    if (Files.size(path) > MAX_FILE) {
      throw BuildException.failed("secret " + id + " too big. max size 500KiB");
    }
    return new Origin.FromFile(path.toAbsolutePath());
  }
}
