package org.jbuildkit.benchmarks;

/**
 * A file of 200 stages and 2,000 instructions, in chains of ten stages that the last one takes
 * from.
 */
final class LongDockerfile {
  private static final int STAGES = 200;
  private static final int CHAIN = 10;

  private LongDockerfile() {}

  static String text() {
    var text = new StringBuilder("ARG VERSION=1.2\n");
    for (int stage = 0; stage < STAGES; stage++) {
      var base = stage % CHAIN == 0 ? "scratch" : "stage" + (stage - 1);
      text.append(
          """
          # stage%1$d does part %1$d of the work
          FROM %2$s AS stage%1$d
          ARG VERSION
          ARG OPTION_%1$d=value%1$d
          ENV PATH_%1$d=/opt/$OPTION_%1$d/bin:/usr/bin
          WORKDIR /work/%1$d
          COPY src/%1$d/ ./
          RUN --mount=type=cache,target=/cache make OPT=${OPTION_%1$d:-none} -j4 part%1$d
          LABEL org.example.part%1$d="$VERSION-%1$d"
          USER 1000:1000
          CMD ["/bin/run", "%1$d"]
          """
              .formatted(stage, base));
    }
    for (int stage = CHAIN - 1; stage < STAGES - 1; stage += CHAIN) {
      text.append("COPY --from=stage%1$d /out /in%1$d\n".formatted(stage));
    }
    return text.toString();
  }
}
