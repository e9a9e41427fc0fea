package org.jbuildkit.protocol.keys;

/** Type URLs of error details; their values are JSON text, not protobuf. */
public final class ErrorDetailTypes {
  public static final String PREFIX = "github.com/moby/buildkit/";

  public static final String STACK = "github.com/moby/buildkit/stack.Stack+json";

  public static final String VERTEX = "github.com/moby/buildkit/errdefs.Vertex+json";

  public static final String SOURCE = "github.com/moby/buildkit/errdefs.Source+json";

  public static final String FRONTEND = "github.com/moby/buildkit/errdefs.Frontend+json";

  public static final String FRONTEND_CAP = "github.com/moby/buildkit/errdefs.FrontendCap+json";

  public static final String SUBREQUEST = "github.com/moby/buildkit/errdefs.Subrequest+json";

  public static final String COMPATIBILITY_FEATURE =
      "github.com/moby/buildkit/errdefs.CompatibilityFeature+json";

  public static final String SOLVE = "github.com/moby/buildkit/errdefs.Solve+json";

  public static final String PROVENANCE_INCOMPLETE =
      "github.com/moby/buildkit/errdefs.ProvenanceMaterialsIncomplete+json";

  public static final String EXIT_MESSAGE = "github.com/moby/buildkit/gatewayapi.ExitMessage+json";

  public static final String POLICY_DECISION =
      "github.com/moby/buildkit/policysession.DecisionResponse+json";

  private ErrorDetailTypes() {}
}
