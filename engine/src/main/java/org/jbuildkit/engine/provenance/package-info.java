/**
 * Where results come from: what a build read, what it was asked for, and how it was made. Start
 * with {@link org.jbuildkit.engine.provenance.BuildNotes}, which a build fills while it runs, and
 * {@link org.jbuildkit.engine.provenance.Predicate}, which makes the document.
 *
 * <p>Shapes and texts are those of BuildKit's {@code solver/llbsolver/provenance}; the documents of
 * its version 0.32 are the tests' model.
 */
@NullMarked
package org.jbuildkit.engine.provenance;

import org.jspecify.annotations.NullMarked;
