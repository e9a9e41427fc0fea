package org.jbuildkit.executor;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The containers that are talked to; once closed, new ones end at once. */
final class OpenContainers implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(OpenContainers.class);

  private final Map<String, OciContainer> open = new HashMap<>();
  private boolean closed;

  void add(OciContainer container) throws IOException {
    synchronized (this) {
      if (!closed) {
        open.put(container.id(), container);
        return;
      }
    }
    container.close();
    throw new IOException("the executor is closed");
  }

  synchronized void remove(String id) {
    open.remove(id);
  }

  @Override
  public void close() {
    List<OciContainer> left;
    synchronized (this) {
      closed = true;
      left = List.copyOf(open.values());
    }
    for (var container : left) {
      try {
        container.close();
      } catch (IOException e) {
        LOG.warn("container {} can't be ended: {}", container.id(), e.getMessage());
      }
    }
  }
}
