/**
 * What builds may take from where: {@link org.jbuildkit.engine.policy.SourceRules} that come with a
 * request, and {@link org.jbuildkit.engine.policy.SourceGate}, which asks the client, too. Results
 * are those of BuildKit's {@code sourcepolicy} and {@code solver/llbsolver/policy.go}. Expressions
 * of clients are matched by RE2/J: no expression takes more than linear time.
 */
@NullMarked
package org.jbuildkit.engine.policy;

import org.jspecify.annotations.NullMarked;
