package org.jbuildkit.solver;

import java.util.List;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Shared;

/**
 * The digest of what a vertex uses of one of its inputs, computed once per outcome of the input.
 */
final class ContentState<J extends Participant> {
  private final VertexState<J> state;
  private final int input;
  private Shared<Digested> slot;

  private record Digested(Outcome of, String digest) {}

  ContentState(VertexState<J> state, int input) {
    this.state = state;
    this.input = input;
    this.slot = slot();
  }

  private Shared<Digested> slot() {
    return state
        .solver()
        .slots()
        .slot("content of input %d of %s".formatted(input, state.name()), this::digest);
  }

  private synchronized Shared<Digested> current() {
    return slot;
  }

  /** The digest of the input, which is made if need be. */
  String await() throws InterruptedException {
    return current().await().digest();
  }

  /** The digest of this very outcome. */
  String of(HeldInputs.Held held) throws InterruptedException {
    var known = current().await();
    return known.of().equals(held.outcome()) ? known.digest() : digest(held);
  }

  private Digested digest() throws InterruptedException {
    while (true) {
      var held = state.inputs().get(input).hold();
      try {
        return new Digested(held.outcome(), digest(held));
      } catch (ResultGone gone) {
        if (!HeldInputs.forget(gone, List.of(held.outcome()))) {
          throw failed(gone);
        }
      } finally {
        held.result().close();
      }
    }
  }

  private String digest(HeldInputs.Held held) throws InterruptedException {
    var digester =
        state.cacheMap(0).deps().get(input).content().orElseThrow(IllegalStateException::new);
    try {
      return digester.digest(held.result());
    } catch (InterruptedException | ResultGone e) {
      throw e;
    } catch (Exception e) {
      throw failed(e);
    }
  }

  private BuildException failed(Exception cause) {
    var run = state.progress().started(false);
    var error =
        Errors.located(state.vertex(), BuildException.failed("failed to compute cache key", cause));
    run.completed(Optional.of(error));
    return error;
  }

  void close() {
    current().close();
  }
}
