package org.jbuildkit.daemon;

import io.grpc.BindableService;
import io.grpc.ServerInterceptor;
import java.util.List;

/**
 * What every address of the daemon serves.
 *
 * @param interceptors what calls go through first, the outermost last
 */
record Served(List<BindableService> services, List<ServerInterceptor> interceptors) {
  Served {
    services = List.copyOf(services);
    interceptors = List.copyOf(interceptors);
  }
}
