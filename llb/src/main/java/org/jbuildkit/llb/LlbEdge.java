package org.jbuildkit.llb;

/** One output of a vertex, to be used as an input or as the result. */
public record LlbEdge(LlbVertex vertex, int outputIndex) {}
