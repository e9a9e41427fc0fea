package org.jbuildkit.engine.op;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Digest;
import org.jbuildkit.engine.RefResult;
import org.jbuildkit.engine.job.Job;
import org.jbuildkit.linux.ProcessCalls;
import org.jbuildkit.oci.Descriptor;
import org.jbuildkit.oci.MediaType;
import org.jbuildkit.solver.CacheMap;
import org.jbuildkit.solver.Op;
import org.jbuildkit.solver.OpContext;
import org.jbuildkit.solver.Result;
import org.jbuildkit.solver.ResultGone;
import org.jbuildkit.solver.VertexReport;
import org.jbuildkit.store.Database;
import org.jbuildkit.store.LazyLayer;
import org.jbuildkit.store.OverlaySnapshotter;
import org.jbuildkit.store.Ref;
import org.jbuildkit.store.RefOptions;
import org.jbuildkit.store.RefStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LazyInputsTest {
  @TempDir Path folder;
  private Database database;
  private RefStore refs;

  @BeforeEach
  void open() throws IOException {
    assumeTrue(ProcessCalls.effectiveUserId() == 0, "mounts need root");
    database = Database.open(folder.resolve("meta.db"));
    var snapshots = OverlaySnapshotter.open(folder.resolve("snapshots"));
    refs = RefStore.open(folder, snapshots, (_, _, _, _) -> gone(), database, Clock.systemUTC());
  }

  @AfterEach
  void close() {
    if (database != null) {
      database.close();
    }
  }

  private static void gone() throws IOException {
    throw new IOException("content: not found");
  }

  /** An op that mounts its input. */
  private record Mounting(Optional<BuildException> failure) implements Op<Job> {
    @Override
    public CacheMap cacheMap(int index, OpContext<Job> context) {
      return new CacheMap("d", List.of(), true);
    }

    @Override
    public List<Result> run(OpContext<Job> context, List<Result> inputs)
        throws IOException, InterruptedException {
      if (failure.isPresent()) {
        throw failure.get();
      }
      try (var mounted = RefResult.tree(inputs.getFirst()).orElseThrow().mount()) {
        return List.of(RefResult.SCRATCH);
      }
    }
  }

  private static final OpContext<Job> NOBODY =
      new OpContext<>() {
        @Override
        public List<Job> participants() {
          return List.of();
        }

        @Override
        public VertexReport report() {
          throw new IllegalStateException("nothing is told");
        }
      };

  private Ref lazy() throws IOException {
    var digest = Digest.sha256("layer".getBytes(UTF_8));
    var layer =
        new LazyLayer(new Descriptor(MediaType.OCI_LAYER, digest, 5), digest, (_, _) -> gone());
    return refs.layer(Optional.empty(), layer, RefOptions.regular("lazy"));
  }

  @Test
  void anInputWhoseLayerCanNotBeFetchedIsGone() throws Exception {
    try (var input = RefResult.of(lazy())) {
      var op = new LazyInputs(new Mounting(Optional.empty()), refs);
      assertThatThrownBy(() -> op.run(NOBODY, List.of(input)))
          .isInstanceOf(ResultGone.class)
          .hasMessageContaining("content: not found");
    }
  }

  @Test
  void otherFailuresAreTheOpsOwn() throws Exception {
    try (var input = RefResult.of(lazy())) {
      var op = new LazyInputs(new Mounting(Optional.of(BuildException.failed("exit"))), refs);
      assertThatThrownBy(() -> op.run(NOBODY, List.of(input)))
          .isInstanceOf(BuildException.class)
          .hasMessage("exit");
      assertThat(refs.ids()).isNotEmpty();
    }
  }
}
