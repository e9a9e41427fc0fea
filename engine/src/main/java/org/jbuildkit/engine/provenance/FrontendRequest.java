package org.jbuildkit.engine.provenance;

import java.util.Map;
import java.util.TreeMap;

/**
 * What a frontend, or nobody in particular, was asked for.
 *
 * @param frontend empty where the client made the graph itself
 */
public record FrontendRequest(String frontend, Map<String, String> options) {
  public FrontendRequest {
    options = new TreeMap<>(options);
  }
}
