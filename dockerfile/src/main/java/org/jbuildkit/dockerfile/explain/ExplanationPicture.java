package org.jbuildkit.dockerfile.explain;

import java.util.stream.Collectors;

/**
 * An explanation as a picture: SVG without scripts and without anything from elsewhere, for light
 * and dark pages. What is known of a step is in its tooltip.
 */
public final class ExplanationPicture {
  private static final String STYLE =
      """
      <style>
      text { font: 12px ui-monospace, monospace; fill: #1f2328; white-space: pre }
      .page { fill: #ffffff }
      .head { font-size: 14px; font-weight: bold }
      .more { fill: #59636e; font-size: 11px }
      .stage { fill: #f6f8fa; stroke: #59636e }
      .target { stroke: #0969da; stroke-width: 2 }
      .skipped { fill: none; stroke: #818b98; stroke-dasharray: 5 4 }
      .unused { opacity: 0.5 }
      .step { fill: #ffffff; stroke: #d1d9e0 }
      .source { fill: #ddf4ff; stroke: #54aeff }
      .anew { stroke: #bf3989; stroke-width: 2 }
      .edge { fill: none; stroke: #818b98; stroke-width: 1.5 }
      .tip { fill: #818b98 }
      .content { stroke: #1a7f37; stroke-dasharray: 6 3 }
      .content-tip { fill: #1a7f37 }
      @media (prefers-color-scheme: dark) {
        text { fill: #f0f6fc }
        .page { fill: #0d1117 }
        .more { fill: #9198a1 }
        .stage { fill: #151b23; stroke: #9198a1 }
        .target { stroke: #4493f8 }
        .skipped { fill: none; stroke: #656c76 }
        .step { fill: #0d1117; stroke: #3d444d }
        .source { fill: #121d2f; stroke: #1f6feb }
        .anew { stroke: #db61a2 }
        .edge { stroke: #656c76 }
        .tip { fill: #656c76 }
        .content { stroke: #3fb950 }
        .content-tip { fill: #3fb950 }
      }
      </style>
      """;

  private ExplanationPicture() {}

  public static String of(Explanation explanation) {
    int width = 0;
    int y = 0;
    var body = new StringBuilder();
    for (var graph : explanation.graphs()) {
      var picture = new GraphPicture(graph, y);
      body.append(picture.draw(explanation.filename()));
      y = picture.bottom();
      width = Math.max(width, picture.right());
    }
    var title =
        explanation.graphs().stream()
            .map(graph -> graph.targetStage().name() + " for " + graph.platform())
            .collect(Collectors.joining(", ", explanation.filename() + ": ", ""));
    return """
    <svg xmlns="http://www.w3.org/2000/svg" role="img" width="%1$d" height="%2$d" \
    viewBox="0 0 %1$d %2$d">
    <title>%3$s</title>
    """
            .formatted(width, y, xml(title))
        + STYLE
        + "<rect class=\"page\" width=\"%d\" height=\"%d\"/>\n".formatted(width, y)
        + body
        + "</svg>\n";
  }

  /** A text that may stand between tags and in attributes. */
  static String xml(String text) {
    return Shown.line(text)
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }
}
