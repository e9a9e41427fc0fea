package org.jbuildkit.daemon;

import java.time.Duration;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.engine.gateway.Bridge;
import org.jbuildkit.protocol.keys.MetadataKeys;
import org.jbuildkit.session.CallHeaders;

/** Finds the build that a client's call to its gateway names. */
record BuildIds(Builds builds) implements GatewayService.Finder {
  private static final Duration BUILD_WAIT = Duration.ofSeconds(3);

  @Override
  public Bridge find(String method) throws InterruptedException {
    var ids = CallHeaders.all(CallHeaders.current(), MetadataKeys.BUILD_ID);
    if (ids.size() != 1) {
      throw BuildException.failed("forwarding " + method + ": no buildid found in context");
    }
    return builds.await(ids.getFirst(), method, BUILD_WAIT);
  }
}
