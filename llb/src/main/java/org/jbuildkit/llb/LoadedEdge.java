package org.jbuildkit.llb;

/** One output of a vertex read from a definition. */
public record LoadedEdge(LoadedVertex vertex, int outputIndex) {}
