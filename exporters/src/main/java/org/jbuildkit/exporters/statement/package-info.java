/**
 * What is stated of results, as in-toto documents: {@link
 * org.jbuildkit.exporters.statement.Unbundling} finds the statements in what frontends and the
 * daemon attest, {@link org.jbuildkit.exporters.statement.Statement} writes one about its subjects.
 *
 * <p>Invariant: what a build says of where it comes from is the daemon's word, never a frontend's.
 */
@NullMarked
package org.jbuildkit.exporters.statement;

import org.jspecify.annotations.NullMarked;
