package org.jbuildkit.daemon;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.engine.exec.Containers;
import org.jbuildkit.engine.exec.ExecWorker;
import org.jbuildkit.engine.exec.FrontendContainer;
import org.jbuildkit.engine.gateway.Bridge;
import org.jbuildkit.engine.gateway.BuildTree;
import org.jbuildkit.engine.gateway.TreeReader;
import org.jbuildkit.engine.job.Job;
import org.jbuildkit.linux.Dir;
import org.jbuildkit.protocol.gateway.NewContainerRequest;
import org.jbuildkit.protocol.pb.Mount;
import org.jbuildkit.store.Ref;

/**
 * Containers that frontends ask for.
 *
 * @param worker what running execs takes
 * @param containers runs them
 */
record BridgeContainers(ExecWorker worker, Containers containers) {

  FrontendContainer open(Job job, FrontendContainer.Request request)
      throws IOException, InterruptedException {
    return FrontendContainer.open(worker, containers, job, request);
  }

  /**
   * Makes a container's mounts.
   *
   * @throws BuildException {@code Container ID already exists}
   */
  void create(Bridge bridge, NewContainerRequest request) throws IOException, InterruptedException {
    bridge.requireFree(request.getContainerID());
    var trees = new ArrayList<Optional<Ref>>();
    for (var mount : request.getMountsList()) {
      trees.add(tree(bridge, mount));
    }
    var wanted =
        new FrontendContainer.Request(
            request.getMountsList(),
            trees,
            request.getNetwork(),
            request.getExtraHostsList(),
            request.getHostname(),
            List.of());
    bridge.add(request.getContainerID(), open(bridge.build().job(), wanted));
  }

  private static Optional<Ref> tree(Bridge bridge, Mount mount) throws InterruptedException {
    if (mount.getResultID().isEmpty()) {
      return Optional.empty();
    }
    try {
      return bridge.mountable(mount.getResultID());
    } catch (BuildException e) {
      throw e.within(
          "failed to find ref %s for \"%s\" mount".formatted(mount.getResultID(), mount.getDest()));
    }
  }

  /**
   * Looks at the tree of a container's mount.
   *
   * @param path to be looked at, which has to be absolute
   */
  static <R> R read(
      Bridge bridge, String container, long mount, String path, BuildTree.Look<R> look)
      throws IOException {
    var found =
        bridge
            .container(container)
            .orElseThrow(() ->
                BuildException.failed(
                    "container details for %s@%d not found".formatted(container, mount)));
    if (mount < 0 || mount >= found.mountCount()) {
      throw BuildException.failed(
          "mount index %d is out of bounds (%d available)".formatted(mount, found.mountCount()));
    }
    if (!path.startsWith("/")) {
      throw BuildException.failed("can't make " + path + " relative to /");
    }
    var folder =
        found
            .folder((int) mount)
            .orElseThrow(() -> BuildException.failed("mount %d holds no files".formatted(mount)));
    try (var root = Dir.open(folder)) {
      return look.at(TreeReader.of(root));
    }
  }
}
