package org.jbuildkit.buildx.driver;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.buildx.store.BuilderStore;
import org.jbuildkit.buildx.store.DockerContext;
import org.jbuildkit.buildx.store.NodeGroup;
import org.jbuildkit.buildx.store.StoredNode;
import org.jbuildkit.cli.Environment;

/** Finds builders and the drivers of their nodes. */
public final class Builders {
  private final Environment environment;
  private final Path home;

  /**
   * @param home the distribution's folder
   */
  public Builders(Environment environment, Path home) {
    this.environment = environment;
    this.home = home;
  }

  /** Opens the store; it is held until it is closed. */
  public BuilderStore openStore() throws IOException, InterruptedException {
    return BuilderStore.open(DockerContext.storeFolder(environment));
  }

  public DockerContext context() {
    return DockerContext.current(environment);
  }

  /** The builder that needs no making: a local daemon, under the name of the Docker context. */
  public Builder preset() {
    var name = context().name();
    var node =
        new StoredNode(
            DockerContext.DEFAULT,
            DockerContext.DEFAULT,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    return new Builder(new NodeGroup(name, LocalDriver.NAME, List.of(node), false), false);
  }

  /**
   * The builder with this name, or the chosen one if the name is empty.
   *
   * @throws BuildException if there is no such builder
   */
  public Builder find(BuilderStore store, String name) throws IOException {
    if (name.isEmpty()) {
      return store
          .current(context().key())
          .map(group -> new Builder(group, true))
          .orElseGet(this::preset);
    }
    var stored = store.tryFind(name);
    if (stored.isPresent()) {
      return new Builder(stored.get(), true);
    }
    if (isPreset(name)) {
      return preset();
    }
    throw BuildException.failed("no builder \"" + name + "\" found");
  }

  /** Whether a name stands for the preset builder, unless a stored one has it. */
  public boolean isPreset(String name) {
    return name.equals(DockerContext.DEFAULT) || name.equals(context().name());
  }

  /**
   * How the daemon of a node is reached.
   *
   * @throws BuildException if the node's settings make no sense to its driver
   */
  public Driver driver(Builder builder, StoredNode node) {
    return switch (builder.driver()) {
      case LocalDriver.NAME -> LocalDriver.of(node, home, environment);
      case RemoteDriver.NAME -> RemoteDriver.of(node);
      default -> new UnservedDriver(builder.driver());
    };
  }
}
