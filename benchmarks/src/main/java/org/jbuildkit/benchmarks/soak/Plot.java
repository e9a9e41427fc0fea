package org.jbuildkit.benchmarks.soak;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** Samples over time as a picture: one curve below the other, each from zero. */
record Plot(List<Sample> samples, String title) {
  private static final int WIDTH = 720;
  private static final int HEIGHT = 120;
  private static final int LEFT = 80;
  private static final int GAP = 50;

  void write(Path file) throws IOException {
    var svg = new StringBuilder();
    svg.append(
        """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="12">
        <rect width="100%%" height="100%%" fill="white"/>
        <text x="%d" y="20" font-size="14">%s</text>
        """
            .formatted(LEFT + WIDTH + 20, 3 * (HEIGHT + GAP) + 40, LEFT, title));
    curve(svg, 0, "live heap between builds, MB", sample -> sample.heap() / 1e6);
    curve(svg, 1, "descriptors", Sample::descriptors);
    curve(svg, 2, "threads", Sample::threads);
    Files.writeString(file, svg.append("</svg>\n"));
  }

  private void curve(StringBuilder svg, int row, String label, ToDoubleFunction<Sample> value) {
    double most = samples.stream().mapToDouble(value).max().orElse(1) * 1.1;
    double end = Math.max(samples.getLast().minute(), 0.001);
    int top = 50 + row * (HEIGHT + GAP);
    int bottom = top + HEIGHT;
    svg.append("<text x=\"%d\" y=\"%d\">%s</text>%n".formatted(LEFT, top - 8, label));
    svg.append(
        "<path d=\"M%d %dV%dH%d\" fill=\"none\" stroke=\"gray\"/>%n"
            .formatted(LEFT, top, bottom, LEFT + WIDTH));
    svg.append(
        "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%.0f</text>%n"
            .formatted(LEFT - 6, top + 10, most));
    svg.append(
        "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%.0f min</text>%n"
            .formatted(LEFT + WIDTH, bottom + 16, end));
    var points = new StringBuilder();
    for (var sample : samples) {
      double x = LEFT + sample.minute() / end * WIDTH;
      double y = bottom - value.applyAsDouble(sample) / most * HEIGHT;
      points.append("%.1f,%.1f ".formatted(x, y));
    }
    svg.append(
        "<polyline points=\"%s\" fill=\"none\" stroke=\"#0060a0\" stroke-width=\"2\"/>%n"
            .formatted(points.toString().strip()));
  }
}
