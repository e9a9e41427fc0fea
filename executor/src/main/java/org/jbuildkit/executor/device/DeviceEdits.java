package org.jbuildkit.executor.device;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.base.Json;
import org.jbuildkit.engine.exec.ContainerMount;
import org.jbuildkit.linux.Dir;
import org.jbuildkit.linux.FileKind;

/**
 * What devices change in a container.
 *
 * @param env added, {@code NAME=VALUE}
 * @param groups added to the process's own
 * @param hooks programs that the runtime calls, each with the moment when
 */
public record DeviceEdits(
    List<String> env,
    List<Node> nodes,
    List<ContainerMount> mounts,
    List<Long> groups,
    List<Hook> hooks) {
  public static final DeviceEdits NONE =
      new DeviceEdits(List.of(), List.of(), List.of(), List.of(), List.of());
  private static final List<String> MOMENTS =
      List.of(
          "prestart",
          "createRuntime",
          "createContainer",
          "startContainer",
          "poststart",
          "poststop");

  public DeviceEdits {
    env = List.copyOf(env);
    nodes = List.copyOf(nodes);
    mounts = List.copyOf(mounts);
    groups = List.copyOf(groups);
    hooks = List.copyOf(hooks);
  }

  /**
   * @param node as a container's document has it
   * @param rule what the container may do with it
   */
  public record Node(Json node, Json rule) {}

  public record Hook(String moment, Json hook) {}

  /**
   * @throws IllegalArgumentException for what makes no sense
   * @throws IOException if a device is not there
   */
  static DeviceEdits of(Json.Obj edits) throws IOException {
    var nodes = new ArrayList<Node>();
    for (var node : edits.array("deviceNodes")) {
      nodes.add(node(object(node)));
    }
    var mounts = new ArrayList<ContainerMount>();
    for (var mount : edits.array("mounts")) {
      mounts.add(mount(object(mount)));
    }
    var hooks = new ArrayList<Hook>();
    for (var hook : edits.array("hooks")) {
      hooks.add(hook(object(hook)));
    }
    var groups = new ArrayList<Long>();
    for (var group : edits.array("additionalGids")) {
      if (group instanceof Json.Num(var value) && value.signum() > 0) {
        groups.add(value.longValueExact());
      }
    }
    return new DeviceEdits(edits.texts("env"), nodes, mounts, groups, hooks);
  }

  static Json.Obj object(Json value) {
    return switch (value) {
      case Json.Obj object -> object;
      default -> throw new IllegalArgumentException("not an object: " + value.write());
    };
  }

  private static Node node(Json.Obj edit) throws IOException {
    var path = absolute(edit.text("path"));
    var source = edit.text("hostPath").isEmpty() ? path : absolute(edit.text("hostPath"));
    var kind = edit.text("type");
    long major = edit.number("major");
    long minor = edit.number("minor");
    if (kind.isEmpty() || (!kind.equals("p") && major == 0)) {
      var found = Path.of(source);
      try (var dir = Dir.open("/")) {
        var stat = dir.stat(ByteName.ofText(found.toRealPath().toString().substring(1)));
        kind = kind(stat.kind(), source);
        major = stat.rdevMajor();
        minor = stat.rdevMinor();
      }
    }
    var node = Json.object().put("path", path).put("type", kind);
    node.put("major", major).put("minor", minor);
    for (var name : List.of("fileMode", "uid", "gid")) {
      edit.get(name).ifPresent(value -> node.put(name, value));
    }
    var access = edit.text("permissions").isEmpty() ? "rwm" : edit.text("permissions");
    var rule = Json.object().put("allow", true).put("type", kind);
    rule.put("major", major).put("minor", minor).put("access", access);
    return new Node(node.build(), rule.build());
  }

  private static String kind(FileKind kind, String path) throws IOException {
    return switch (kind) {
      case CHARACTER_DEVICE -> "c";
      case BLOCK_DEVICE -> "b";
      case FIFO -> "p";
      default -> throw new IOException(path + " is not a device");
    };
  }

  private static ContainerMount mount(Json.Obj edit) {
    var source = Path.of(absolute(edit.text("hostPath")));
    return new ContainerMount.Bind(
        absolute(edit.text("containerPath")), source, edit.texts("options"));
  }

  private static Hook hook(Json.Obj edit) {
    var moment = edit.text("hookName");
    if (!MOMENTS.contains(moment)) {
      throw new IllegalArgumentException("invalid hook name \"" + moment + "\"");
    }
    var hook = Json.object().put("path", absolute(edit.text("path")));
    hook.putUnlessEmpty("args", edit.texts("args")).putUnlessEmpty("env", edit.texts("env"));
    hook.putUnlessZero("timeout", edit.number("timeout"));
    return new Hook(moment, hook.build());
  }

  private static String absolute(String path) {
    if (!path.startsWith("/")) {
      throw new IllegalArgumentException("not an absolute path: \"" + path + "\"");
    }
    return path;
  }

  /** These and others after them. */
  DeviceEdits and(DeviceEdits more) {
    return new DeviceEdits(
        joined(env, more.env),
        joined(nodes, more.nodes),
        joined(mounts, more.mounts),
        joined(groups, more.groups),
        joined(hooks, more.hooks));
  }

  private static <T> List<T> joined(List<T> first, List<T> second) {
    var all = new ArrayList<>(first);
    all.addAll(second);
    return all;
  }
}
