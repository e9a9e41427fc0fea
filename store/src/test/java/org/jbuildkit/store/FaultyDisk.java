package org.jbuildkit.store;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Carries out calls until the chosen one, which fails: a write when half of it was done. */
final class FaultyDisk implements StoreFiles {
  private int left;
  private boolean struck;

  /**
   * @param fault the number of the call that fails, from 1
   */
  FaultyDisk(int fault) {
    this.left = fault;
  }

  /** Whether the fault has happened. */
  boolean hasStruck() {
    return struck;
  }

  private boolean isNext() {
    left--;
    struck |= left == 0;
    return left == 0;
  }

  private void call() throws IOException {
    if (isNext()) {
      throw new IOException("the disk failed");
    }
  }

  @Override
  public Path create(Path folder) throws IOException {
    call();
    return StoreFiles.super.create(folder);
  }

  @Override
  public OutputStream write(Path file) throws IOException {
    call();
    return new FilterOutputStream(StoreFiles.super.write(file)) {
      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        if (isNext()) {
          out.write(bytes, offset, length / 2);
          throw new IOException("the disk failed");
        }
        out.write(bytes, offset, length);
      }
    };
  }

  @Override
  public void sync(Path file) throws IOException {
    call();
    StoreFiles.super.sync(file);
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    call();
    StoreFiles.super.rename(from, to);
  }

  @Override
  public boolean delete(Path file) throws IOException {
    call();
    return StoreFiles.super.delete(file);
  }

  /** The same disk below a snapshotter. */
  Snapshotter below(Snapshotter inner) {
    return new Layers(inner);
  }

  private final class Layers implements Snapshotter {
    private final Snapshotter inner;

    Layers(Snapshotter inner) {
      this.inner = inner;
    }

    @Override
    public String name() {
      return inner.name();
    }

    @Override
    public void create(String layer) throws IOException {
      call();
      inner.create(layer);
    }

    @Override
    public Path content(String layer) {
      return inner.content(layer);
    }

    @Override
    public String empty() {
      return inner.empty();
    }

    @Override
    public Path folder(String layer) {
      return inner.folder(layer);
    }

    @Override
    public void mount(List<String> lower, Optional<String> upper, Path target)
        throws IOException, InterruptedException {
      call();
      inner.mount(lower, upper, target);
    }

    @Override
    public void unmount(Path target) throws IOException {
      inner.unmount(target);
    }

    @Override
    public long usage(String layer) throws IOException {
      call();
      return inner.usage(layer);
    }

    @Override
    public void remove(String layer) throws IOException {
      call();
      inner.remove(layer);
    }

    @Override
    public void sweep(Set<String> keep) throws IOException {
      inner.sweep(keep);
    }
  }
}
