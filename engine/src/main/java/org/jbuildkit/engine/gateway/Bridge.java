package org.jbuildkit.engine.gateway;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Digest;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.base.ErrorDetail;
import org.jbuildkit.base.RandomId;
import org.jbuildkit.engine.exec.FrontendContainer;
import org.jbuildkit.protocol.pb.Definition;
import org.jbuildkit.session.errors.StatusCodec;
import org.jbuildkit.store.Ref;

/**
 * What one run of a frontend sees of its build: trees by the ids that it was told, containers that
 * it made, and its result at last. A build has one for the client, and one for each frontend that
 * runs in a container.
 */
public final class Bridge implements AutoCloseable {
  private final Build build;
  private final Map<String, Definition> inputs;
  private final String worker;
  private final Map<String, BuildTree> trees = new LinkedHashMap<>();
  private final Map<String, FrontendContainer> containers = new LinkedHashMap<>();
  private final CompletableFuture<Build.Returned> returned = new CompletableFuture<>();
  private boolean closed;

  /**
   * @param build stays the caller's
   * @param inputs trees made elsewhere, by name
   * @param worker id of the worker, which is part of the names of trees that failures left
   */
  public Bridge(Build build, Map<String, Definition> inputs, String worker) {
    this.build = build;
    this.inputs = Map.copyOf(inputs);
    this.worker = worker;
  }

  public Build build() {
    return build;
  }

  public Map<String, Definition> inputs() {
    return inputs;
  }

  /** Gives a tree a name, which is told to the frontend. */
  public String add(BuildTree tree) {
    var id = RandomId.next();
    synchronized (trees) {
      trees.put(id, tree);
    }
    return id;
  }

  /**
   * A tree asked for before.
   *
   * @throws BuildException {@code no such ref}
   */
  public BuildTree tree(String id) {
    synchronized (trees) {
      var tree = trees.get(id);
      if (tree == null) {
        throw BuildException.failed(
            "no such ref: %s, all [%s]".formatted(id, String.join(" ", trees.keySet())));
      }
      return tree;
    }
  }

  /**
   * A tree to be returned or mounted.
   *
   * @throws BuildException {@code return reference ID not found}
   */
  public BuildTree known(String id) {
    synchronized (trees) {
      var tree = trees.get(id);
      if (tree == null) {
        throw BuildException.failed("return reference " + id + " not found");
      }
      return tree;
    }
  }

  /**
   * A tree to be mounted: one that a failed step left, or one asked for before.
   *
   * @return nothing for the empty tree; the handle stays the build's
   */
  public Optional<Ref> mountable(String id) throws InterruptedException {
    var left = id.startsWith(worker + "::") ? id.substring(worker.length() + 2) : "";
    var kept = build.job().failed().get(left);
    return kept.isPresent() ? kept : known(id).evaluate();
  }

  /**
   * Makes a tree, and tells of its failure what debuggers need.
   *
   * @throws BuildException with the trees that the failed step left, to be mounted by their ids
   */
  public Optional<Ref> evaluate(BuildTree tree) throws InterruptedException {
    try {
      return tree.evaluate();
    } catch (BuildException e) {
      throw debuggable(e, tree.definition());
    }
  }

  /** The failure with what is known of the step that failed, even if that is nothing. */
  public BuildException debuggable(BuildException error, Definition definition) {
    var op = failedOp(error, definition);
    for (var detail : error.details()) {
      if (detail instanceof ErrorDetail.FailedOp(var in, var out, var subject, int index)) {
        return error.withDetail(new ErrorDetail.Solve(names(in), names(out), op, subject, index));
      }
    }
    return error.withDetail(
        new ErrorDetail.Solve(List.of(), List.of(), op, ErrorDetail.Subject.NONE, 0));
  }

  private List<String> names(List<String> ids) {
    return ids.stream().map(id -> id.isEmpty() ? "" : worker + "::" + id).toList();
  }

  private static byte[] failedOp(BuildException error, Definition definition) {
    for (var detail : error.details()) {
      if (detail instanceof ErrorDetail.Vertex(String digest)) {
        for (var op : definition.getDefList()) {
          if (Digest.sha256(op.toByteArray()).toString().equals(digest)) {
            return op.toByteArray();
          }
        }
      }
    }
    return new byte[0];
  }

  /**
   * Ends the frontend's work.
   *
   * @throws BuildException {@code gateway result is already set}
   */
  public void complete(Build.Returned result) {
    if (!returned.complete(result)) {
      throw BuildException.failed("gateway result is already set");
    }
  }

  /** Ends the frontend's work with its failure. */
  public void fail(BuildException error) {
    if (!returned.completeExceptionally(error)) {
      throw BuildException.failed("gateway result is already set");
    }
  }

  /** Whether the frontend has said what came out. */
  public boolean hasReturned() {
    return returned.isDone();
  }

  /** Whether the frontend has said why it failed. */
  public boolean hasFailed() {
    return returned.isCompletedExceptionally();
  }

  /** Waits for what the frontend returns. */
  public Build.Returned awaitReturned() throws InterruptedException {
    try {
      return returned.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof BuildException known) {
        throw known;
      }
      throw BuildException.failed("the frontend failed", e);
    }
  }

  /** Remembers a container, which is this one's from here on. */
  public void add(String id, FrontendContainer container) throws IOException {
    boolean refused;
    synchronized (containers) {
      refused = closed || containers.putIfAbsent(id, container) != null;
    }
    if (refused) {
      container.close();
      throw exists(id);
    }
  }

  /**
   * Looks whether a container's name is free.
   *
   * @throws BuildException {@code Container ID already exists}
   */
  public void requireFree(String id) {
    synchronized (containers) {
      if (containers.containsKey(id)) {
        throw exists(id);
      }
    }
  }

  private static BuildException exists(String id) {
    return StatusCodec.framed(ErrorCode.ALREADY_EXISTS, "Container " + id + " already exists");
  }

  /** A container made before. */
  public Optional<FrontendContainer> container(String id) {
    synchronized (containers) {
      return Optional.ofNullable(containers.get(id));
    }
  }

  /** Ends a container; false if there is none of this name. */
  public boolean release(String id) throws IOException {
    Optional<FrontendContainer> container;
    synchronized (containers) {
      container = Optional.ofNullable(containers.remove(id));
    }
    if (container.isPresent()) {
      container.get().close();
    }
    return container.isPresent();
  }

  /** Ends all containers. Trees stay the build's. */
  @Override
  public void close() {
    List<FrontendContainer> left;
    synchronized (containers) {
      closed = true;
      left = new ArrayList<>(containers.values());
      containers.clear();
    }
    for (var container : left) {
      try {
        container.close();
      } catch (IOException e) {
        build.warn("can't end a container of " + build.job(), e);
      }
    }
  }
}
