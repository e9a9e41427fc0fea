package org.jbuildkit.engine.gateway;

import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.session.errors.StatusCodec;

/** What is said of containers that are not there, or there already. */
final class ContainerErrors {
  private ContainerErrors() {}

  static BuildException exists(String id) {
    return StatusCodec.framed(ErrorCode.ALREADY_EXISTS, "Container " + id + " already exists");
  }
}
