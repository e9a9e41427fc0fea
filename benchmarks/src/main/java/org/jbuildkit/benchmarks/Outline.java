package org.jbuildkit.benchmarks;

/** Dockerfiles whose outline is asked for: the second is what asking costs alone. */
enum Outline {
  LONG("outline-2000", LongDockerfile.text()),
  SHORT("outline-3", "FROM scratch\nARG A=1\nCOPY a b\n");

  private final String label;
  private final String text;

  Outline(String label, String text) {
    this.label = label;
    this.text = text;
  }

  /** What the command line calls it. */
  String label() {
    return label;
  }

  String text() {
    return text;
  }
}
