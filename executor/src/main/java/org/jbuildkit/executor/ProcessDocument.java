package org.jbuildkit.executor;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jbuildkit.base.Json;
import org.jbuildkit.engine.exec.AddedProcess;
import org.jbuildkit.engine.exec.ContainerProcess;

/**
 * What a runtime is told of a process, in a container's document or for one more process in it.
 *
 * @param own what the daemon itself may do
 */
record ProcessDocument(List<Capability> own) {

  /** The first process of a container; more processes get its labels from the runtime. */
  Json of(ContainerProcess process, ContainerUser user, boolean hasTerminal, Labels labels) {
    var part =
        common(process.args(), process.env(), process.cwd(), user, process.security(), hasTerminal);
    if (!process.limits().isEmpty()) {
      part.put(
          "rlimits", new Json.Arr(process.limits().stream().map(ProcessDocument::limit).toList()));
    }
    labels.apparmor().ifPresent(profile -> part.put("apparmorProfile", profile));
    labels.selinux().ifPresent(label -> part.put("selinuxLabel", label));
    return part.build();
  }

  /** What security modules know a process by. */
  record Labels(Optional<String> apparmor, Optional<String> selinux) {}

  /** One more process. */
  Json of(AddedProcess process, ContainerUser user) {
    return common(
            process.args(),
            process.env(),
            process.cwd(),
            user,
            process.security(),
            process.hasTerminal())
        .build();
  }

  private Json.ObjBuilder common(
      List<String> args,
      List<String> env,
      String cwd,
      ContainerUser user,
      ContainerProcess.Security security,
      boolean hasTerminal) {
    var groups = user.groups().stream().map(Json::of).toList();
    return Json.object()
        .putUnlessFalse("terminal", hasTerminal)
        .put(
            "user",
            Json.object()
                .put("uid", user.uid())
                .put("gid", user.gid())
                .put("umask", 022)
                .put("additionalGids", new Json.Arr(groups))
                .build())
        .put("args", Json.ofTexts(args))
        .put("env", Json.ofTexts(env))
        .put("cwd", cwd)
        .put("capabilities", capabilities(security));
  }

  private static Json limit(ContainerProcess.ResourceLimit limit) {
    return Json.object()
        .put("type", "RLIMIT_" + limit.name().toUpperCase(Locale.ROOT))
        .put("hard", limit.hard())
        .put("soft", limit.soft())
        .build();
  }

  private Json capabilities(ContainerProcess.Security security) {
    var names = new ArrayList<>(Capability.DEFAULT.stream().map(Capability::text).toList());
    var out = Json.object();
    if (security == ContainerProcess.Security.INSECURE) {
      var all = own.stream().map(Capability::text).toList();
      names.addAll(all);
      out.put("inheritable", Json.ofTexts(all)).put("ambient", Json.ofTexts(all));
    }
    return out.put("bounding", Json.ofTexts(names))
        .put("effective", Json.ofTexts(names))
        .put("permitted", Json.ofTexts(names))
        .build();
  }
}
