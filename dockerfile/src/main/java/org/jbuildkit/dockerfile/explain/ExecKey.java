package org.jbuildkit.dockerfile.explain;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jbuildkit.base.GoQuote;
import org.jbuildkit.dockerfile.explain.Explanation.KeyPart;
import org.jbuildkit.protocol.pb.CacheSharingOpt;
import org.jbuildkit.protocol.pb.ExecOp;
import org.jbuildkit.protocol.pb.Meta;
import org.jbuildkit.protocol.pb.Mount;
import org.jbuildkit.protocol.pb.MountType;
import org.jbuildkit.protocol.pb.Op;
import org.jbuildkit.protocol.pb.ProxyEnv;

/** What the cache key of a process is made of. */
final class ExecKey {
  private final List<KeyPart> parts = new ArrayList<>();

  private ExecKey() {}

  static List<KeyPart> of(Op op, Function<String, VertexReader.Origin> origins) {
    var key = new ExecKey();
    var exec = op.getExec();
    key.process(exec.getMeta());
    exec.getMeta().getEnvList().forEach(variable -> key.variable(variable, origins));
    exec.getMountsList().forEach(key::mount);
    for (var secret : exec.getSecretenvList()) {
      key.add("secret", "variable %s, id %s".formatted(secret.getName(), secret.getID()));
    }
    key.add("network", word(exec.getNetwork(), "unset", "sandbox"));
    key.add("security", word(exec.getSecurity(), "", ""));
    key.limits(exec.getMeta());
    key.add("platform", SourceFacts.platform(op.getPlatform()));
    return key.parts;
  }

  private static String word(Enum<?> value, String from, String to) {
    var word = value.name().toLowerCase(Locale.ROOT);
    return word.equals(from) ? to : word;
  }

  private void add(String name, String value) {
    parts.add(KeyPart.of(name, value));
  }

  private void addUnlessEmpty(String name, String value) {
    if (!value.isEmpty()) {
      add(name, value);
    }
  }

  private void process(Meta meta) {
    add("args", meta.getArgsList().stream().map(GoQuote::quote).collect(Collectors.joining(" ")));
    add("cwd", meta.getCwd());
    addUnlessEmpty("user", meta.getUser());
  }

  private void variable(String variable, Function<String, VertexReader.Origin> origins) {
    var origin = origins.apply(variable.split("=", 2)[0]);
    parts.add(new KeyPart("env", variable, origin.from(), origin.line()));
  }

  private void limits(Meta meta) {
    addUnlessEmpty("hostname", meta.getHostname());
    meta.getExtraHostsList().forEach(host -> add("host", host.getHost()));
    for (var limit : meta.getUlimitList()) {
      add("ulimit", "%s=%d:%d".formatted(limit.getName(), limit.getSoft(), limit.getHard()));
    }
    addUnlessEmpty("cgroup", meta.getCgroupParent());
  }

  private void mount(Mount mount) {
    var access = mount.getReadonly() ? ", read-only" : "";
    switch (mount.getMountType()) {
      case BIND -> {
        if (!mount.getDest().equals("/")) {
          add("mount", "bind " + mount.getDest() + access);
        }
      }
      case CACHE -> {
        var id = isIdKept(mount) ? ", id " + mount.getCacheOpt().getID() : "";
        add("mount", "cache " + mount.getDest() + id + access);
      }
      case TMPFS -> {
        long size = mount.getTmpfsOpt().getSize();
        add(
            "mount",
            "tmpfs " + mount.getDest() + (size > 0 ? ", " + size + " bytes" : "") + access);
      }
      case SECRET ->
          add(
              "secret",
              "file %s, id %s, mode %04o"
                  .formatted(
                      mount.getDest(),
                      mount.getSecretOpt().getID(),
                      mount.getSecretOpt().getMode()));
      case SSH -> add("ssh", "agent %s, id %s".formatted(mount.getDest(), agent(mount)));
      case UNRECOGNIZED -> add("mount", mount.getMountTypeValue() + " " + mount.getDest());
    }
  }

  /** An id that is the mount's path is in the key, others and how they are shared are not. */
  private static boolean isIdKept(Mount mount) {
    var cache = mount.getCacheOpt();
    if (cache.getSharing() != CacheSharingOpt.SHARED) {
      return false;
    }
    var id = cache.getID();
    return id.equals(mount.getDest()) || id.substring(id.indexOf('/') + 1).equals(mount.getDest());
  }

  private static String agent(Mount mount) {
    var id = mount.getSSHOpt().getID();
    return id.isEmpty() ? "default" : id;
  }

  /** What the process uses that is no part of its key. */
  static List<String> outside(ExecOp exec) {
    var outside = new ArrayList<String>();
    for (var mount : exec.getMountsList()) {
      var dest = mount.getDest();
      if (mount.getMountType() == MountType.CACHE) {
        var id = isIdKept(mount) ? "" : " and its id " + mount.getCacheOpt().getID();
        outside.add("what the cache mount " + dest + " holds" + id);
      } else if (mount.getMountType() == MountType.SECRET) {
        outside.add("the value of the secret " + mount.getSecretOpt().getID());
      } else if (mount.getMountType() == MountType.SSH) {
        outside.add("the keys of the ssh agent " + agent(mount));
      }
    }
    exec.getSecretenvList()
        .forEach(secret -> outside.add("the value of the secret " + secret.getID()));
    exec.getMeta()
        .getExtraHostsList()
        .forEach(host -> outside.add("the address of the host " + host.getHost()));
    proxies(exec.getMeta().getProxyEnv()).forEach(name -> outside.add("the proxy " + name));
    return outside.stream().distinct().toList();
  }

  private static List<String> proxies(ProxyEnv proxy) {
    var names = new ArrayList<String>();
    for (var field : proxy.getAllFields().keySet()) {
      names.add(field.getName());
    }
    return names;
  }
}
