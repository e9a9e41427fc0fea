/**
 * The build graph on the wire. To author: {@link org.jbuildkit.llb.Ops} makes {@link
 * org.jbuildkit.llb.LlbVertex vertices}, {@link org.jbuildkit.llb.Definitions} marshals them. To
 * read: {@link org.jbuildkit.llb.LoadedGraph}.
 *
 * <p>Invariant: a vertex's digest is the digest of its canonical bytes, which equal those of
 * BuildKit's Go client for the same graph.
 */
@NullMarked
package org.jbuildkit.llb;

import org.jspecify.annotations.NullMarked;
