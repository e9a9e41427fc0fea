package org.jbuildkit.engine.exec;

import java.util.ArrayList;
import java.util.List;
import org.jbuildkit.protocol.pb.Meta;
import org.jbuildkit.protocol.pb.ProxyEnv;

/** The environment of an exec's process: nothing of the daemon's own gets in. */
final class ExecEnvironment {
  private static final String DEFAULT_PATH =
      "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  private ExecEnvironment() {}

  /**
   * The op's own variables, the proxies, a path if there is none, then the secrets.
   *
   * @param secrets {@code NAME=VALUE}
   */
  static List<String> of(Meta meta, List<String> secrets) {
    var env = new ArrayList<>(meta.getEnvList());
    if (meta.hasProxyEnv()) {
      addProxies(env, meta.getProxyEnv());
    }
    if (env.stream().noneMatch(variable -> variable.startsWith("PATH="))) {
      env.add(DEFAULT_PATH);
    }
    env.addAll(secrets);
    return env;
  }

  private static void addProxies(List<String> env, ProxyEnv proxies) {
    add(env, "HTTP_PROXY", proxies.getHttpProxy());
    add(env, "HTTPS_PROXY", proxies.getHttpsProxy());
    add(env, "FTP_PROXY", proxies.getFtpProxy());
    add(env, "NO_PROXY", proxies.getNoProxy());
    add(env, "ALL_PROXY", proxies.getAllProxy());
  }

  private static void add(List<String> env, String name, String value) {
    if (!value.isEmpty()) {
      env.add(name + "=" + value);
      env.add(name.toLowerCase(java.util.Locale.ROOT) + "=" + value);
    }
  }
}
