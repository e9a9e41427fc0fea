package org.jbuildkit.engine.policy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.base.ErrorDetail;
import org.jbuildkit.llb.GitReference;
import org.jbuildkit.protocol.gateway.ResolveSourceMetaRequest;
import org.jbuildkit.protocol.gateway.ResolveSourceMetaResponse;
import org.jbuildkit.protocol.json.MessageJson;
import org.jbuildkit.protocol.keys.SourceAttributes;
import org.jbuildkit.protocol.pb.Op;
import org.jbuildkit.protocol.pb.SourceOp;
import org.jbuildkit.protocol.policysession.CheckPolicyRequest;
import org.jbuildkit.protocol.policysession.CheckPolicyResponse;
import org.jbuildkit.protocol.policysession.DecisionResponse;
import org.jbuildkit.protocol.sourcepolicy.PolicyAction;

/** Lets sources of a build pass, changes them, or refuses them: by rules, then by the client. */
public final class SourceGate {
  private static final int MAX_QUESTIONS = 10;
  private static final String GIT = "git://";
  private static final String DECISION_DETAIL =
      "github.com/moby/buildkit/policysession.DecisionResponse+json";

  /** Decides for a client. */
  @FunctionalInterface
  public interface Verifier {
    CheckPolicyResponse check(CheckPolicyRequest request) throws InterruptedException;
  }

  /** Finds out what a decision depends on. */
  @FunctionalInterface
  public interface Metadata {
    ResolveSourceMetaResponse resolve(ResolveSourceMetaRequest request)
        throws IOException, InterruptedException;
  }

  private final SourceRules rules;
  private final Optional<Verifier> verifier;
  private final Metadata metadata;

  /**
   * @param metadata answers the verifier's questions
   */
  public SourceGate(SourceChecks checks, Metadata metadata) {
    this.rules = checks.rules();
    this.verifier = checks.verifier();
    this.metadata = metadata;
  }

  /**
   * The source op to be used in place of {@code op}; other ops stay as they are.
   *
   * @throws BuildException if the source is not allowed
   */
  public Op pass(Op op) throws InterruptedException {
    if (!op.hasSource()) {
      return op;
    }
    var source = rules.evaluate(canonical(op.getSource()));
    if (verifier.isPresent()) {
      source = verified(op, source, verifier.get());
    }
    return source.equals(op.getSource()) ? op : op.toBuilder().setSource(source).build();
  }

  /** Rules see one name of a repository, however it is written. */
  private static SourceOp canonical(SourceOp source) {
    if (!source.getIdentifier().startsWith(GIT)) {
      return source;
    }
    try {
      var body = source.getIdentifier().substring(GIT.length());
      var place = GitReference.ofIdentifier(body);
      var url = source.getAttrsMap().getOrDefault(SourceAttributes.GIT_FULL_URL, "");
      var remote = url.isEmpty() ? place : GitReference.ofIdentifier(url);
      var name = remote.at(place.ref(), place.subdir()).identifier();
      return source.toBuilder().setIdentifier(name).build();
    } catch (BuildException _) {
      return source;
    }
  }

  private SourceOp verified(Op op, SourceOp allowed, Verifier verifier)
      throws InterruptedException {
    var source = allowed;
    var known = ResolveSourceMetaResponse.newBuilder().setSource(source).build();
    for (int i = 0; i < MAX_QUESTIONS; i++) {
      var answer = verifier.check(question(op, known));
      switch (answer.getResultCase()) {
        case REQUEST -> known = resolve(op, source, answer.getRequest());
        case DECISION -> {
          var decision = answer.getDecision();
          if (decision.getAction() == PolicyAction.ALLOW) {
            return source;
          }
          source = rules.evaluate(converted(source, decision));
          known = ResolveSourceMetaResponse.newBuilder().setSource(source).build();
        }
        case RESULT_NOT_SET -> throw BuildException.failed("no decision in policy response");
      }
    }
    throw BuildException.failed("too many policy requests");
  }

  /** As {@link #pass}; an interrupt is reported as a cancelled build, and stays. */
  public Op passUninterrupted(Op op) {
    try {
      return pass(op);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BuildException(ErrorCode.CANCELLED, "context canceled", e);
    }
  }

  private static CheckPolicyRequest question(Op op, ResolveSourceMetaResponse known) {
    var question = CheckPolicyRequest.newBuilder().setSource(known);
    if (op.hasPlatform()) {
      question.setPlatform(op.getPlatform());
    }
    return question.build();
  }

  private ResolveSourceMetaResponse resolve(
      Op op, SourceOp source, ResolveSourceMetaRequest request) throws InterruptedException {
    var asked = request.getSource();
    if (!asked.getIdentifier().equals(source.getIdentifier())) {
      throw BuildException.failed(
          "policy requested different source identifier: \"%s\" != \"%s\""
              .formatted(asked.getIdentifier(), source.getIdentifier()));
    }
    if (!asked.getAttrsMap().equals(source.getAttrsMap())) {
      throw BuildException.failed(
          "policy requested different source attrs: %s != %s"
              .formatted(asked.getAttrsMap(), source.getAttrsMap()));
    }
    var full = request.toBuilder();
    if (!request.hasPlatform() && op.hasPlatform()) {
      full.setPlatform(op.getPlatform());
    }
    try {
      return metadata.resolve(full.build());
    } catch (IOException e) {
      throw BuildException.failed("failed to resolve what the policy asks for", e);
    }
  }

  private static SourceOp converted(SourceOp source, DecisionResponse decision) {
    if (decision.getAction() != PolicyAction.CONVERT) {
      throw BuildException.failed(
              "source \"%s\" not allowed by policy: action %s"
                  .formatted(source.getIdentifier(), decision.getAction()))
          .withDetail(
              new ErrorDetail.Opaque(
                  DECISION_DETAIL,
                  MessageJson.plain(decision).write().getBytes(StandardCharsets.UTF_8)));
    }
    if (!decision.hasUpdate()) {
      throw BuildException.failed("convert action requires updated source");
    }
    return decision.getUpdate();
  }
}
