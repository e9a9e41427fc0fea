package org.jbuildkit.client.progress;

/**
 * What a display says of the build as a whole.
 *
 * @param phase begins a terminal's header
 * @param builder ends a terminal's header; may be empty
 * @param line first line of progress as text; may be empty
 */
public record ProgressHeading(String phase, String builder, String line) {
  public static final ProgressHeading NONE = new ProgressHeading("Building", "", "");
}
