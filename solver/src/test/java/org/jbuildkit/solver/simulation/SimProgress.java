package org.jbuildkit.solver.simulation;

import org.jbuildkit.solver.Vertex;
import org.jbuildkit.solver.VertexProgress;

/** Takes its time, and checks that each stretch of work ends once. */
final class SimProgress implements VertexProgress<SimJob> {
  private final World world;

  SimProgress(World world) {
    this.world = world;
  }

  @Override
  public void join(SimJob participant, Vertex<SimJob> vertex) {}

  @Override
  public void leave(SimJob participant) {}

  @Override
  public Run started(boolean cached) {
    world.threads().pause();
    boolean[] ended = {false};
    return _ -> {
      if (ended[0]) {
        world.violation("a stretch of work ends twice");
      }
      ended[0] = true;
    };
  }

  @Override
  public void log(int stream, byte[] data) {}

  @Override
  public void status(Status status) {}
}
