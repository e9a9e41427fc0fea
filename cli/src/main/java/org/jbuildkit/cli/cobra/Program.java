package org.jbuildkit.cli.cobra;

import java.io.PrintStream;

/**
 * How a program was started.
 *
 * @param root the first word of its commands, such as {@code docker-buildx}
 * @param isPlugin whether the Docker command line started it
 * @param hint what help ends with; may be empty
 * @param out where help goes
 */
public record Program(String root, boolean isPlugin, String hint, PrintStream out) {}
