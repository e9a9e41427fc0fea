package org.jbuildkit.daemon;

import java.util.List;
import java.util.Optional;
import org.jbuildkit.engine.policy.SourceChecks;
import org.jbuildkit.engine.policy.SourceGate;
import org.jbuildkit.engine.policy.SourceRules;
import org.jbuildkit.protocol.control.SolveRequest;
import org.jbuildkit.session.SessionRegistry;
import org.jbuildkit.session.calls.PolicyQuestion;

/** What a request says of the sources that its build may use. */
record RequestChecks(SessionRegistry sessions) {

  SourceChecks of(SolveRequest request) {
    var rules =
        request.hasSourcePolicy()
            ? new SourceRules(List.of(request.getSourcePolicy()))
            : SourceRules.NONE;
    var session = request.getSourcePolicySession();
    if (session.isEmpty()) {
      return new SourceChecks(rules, Optional.empty());
    }
    SourceGate.Verifier verifier =
        question ->
            PolicyQuestion.ask(sessions.await(session, SessionRegistry.DEFAULT_WAIT), question);
    return new SourceChecks(rules, Optional.of(verifier));
  }
}
