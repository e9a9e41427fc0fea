package org.jbuildkit.dockerfile.explain;

import java.util.List;

/**
 * What a build of a file would do, and what each part of it depends on.
 *
 * @param filename of the file explained
 * @param graphs one for each platform, in the order requested
 */
public record Explanation(String filename, List<Graph> graphs) {
  public Explanation {
    graphs = List.copyOf(graphs);
  }

  /**
   * What is built for one platform.
   *
   * @param target the index of the stage that is built
   * @param stages in the file's order, also those that are not needed
   * @param sources in the order in which they are first taken from
   * @param arguments that the user gave or that are declared before the first stage, in the order
   *     of their names
   */
  public record Graph(
      String platform,
      int target,
      List<Stage> stages,
      List<Source> sources,
      List<Argument> arguments) {
    public Graph {
      stages = List.copyOf(stages);
      sources = List.copyOf(sources);
      arguments = List.copyOf(arguments);
    }

    public Stage targetStage() {
      return stages.get(target);
    }
  }

  /**
   * A stage.
   *
   * @param name given, or made from the place in the file
   * @param line of its FROM
   * @param base what FROM names, variables replaced
   * @param from the step or source that it starts from; empty for the empty tree and for stages
   *     that are not needed
   * @param platform empty for a stage that is not needed
   * @param needs names of the stages that it takes from
   * @param neededBy names of the needed stages that take from it
   * @param replacedBy the context given for it, whose files are taken instead, or empty
   * @param skipped why it is not built; empty for a stage that is
   */
  public record Stage(
      int index,
      String name,
      int line,
      String base,
      String from,
      String platform,
      List<String> needs,
      List<String> neededBy,
      String replacedBy,
      String skipped,
      List<Step> steps) {
    public Stage {
      needs = List.copyOf(needs);
      neededBy = List.copyOf(neededBy);
      steps = List.copyOf(steps);
    }

    public boolean isSkipped() {
      return !skipped.isEmpty();
    }
  }

  /**
   * An instruction.
   *
   * @param id the stage's index and the instruction's place in it, FROM being 0
   * @param label as the progress display counts; empty for an instruction that only changes the
   *     image's config or later steps' variables, and for a FROM of another stage
   * @param instruction as written, without passwords in addresses
   * @param isTrigger whether the base brought it
   * @param vertices in the order in which they run; none where nothing is to be run
   */
  public record Step(
      String id,
      String label,
      int firstLine,
      int lastLine,
      String instruction,
      boolean isTrigger,
      List<Vertex> vertices) {
    public Step {
      vertices = List.copyOf(vertices);
    }
  }

  /**
   * A vertex that an instruction makes.
   *
   * @param digest of the vertex, the client's session left out
   * @param kind {@code exec}, {@code file}, {@code merge} and others
   * @param name that the progress display shows
   * @param runs whether the target needs it
   * @param ignoresCache whether it runs anew whatever is cached
   * @param sameAs the step that makes the same vertex, which then is looked up and run once
   * @param key what its cache key is made of besides its inputs
   * @param outside what it uses that is no part of its key
   */
  public record Vertex(
      String kind,
      String digest,
      String name,
      boolean runs,
      boolean ignoresCache,
      String sameAs,
      List<Input> inputs,
      List<KeyPart> key,
      List<String> outside) {
    public Vertex {
      inputs = List.copyOf(inputs);
      key = List.copyOf(key);
      outside = List.copyOf(outside);
    }
  }

  /**
   * Something that a vertex takes from.
   *
   * @param ref the id of a step or source
   * @param digest of the vertex there
   * @param contents what of it is compared by content; nothing if its own key counts
   */
  public record Input(String ref, String digest, List<Content> contents) {
    public Input {
      contents = List.copyOf(contents);
    }
  }

  /** Files that are compared by content. */
  public record Content(String path, List<String> include, List<String> exclude) {
    public Content {
      include = List.copyOf(include);
      exclude = List.copyOf(exclude);
    }
  }

  /**
   * Something that is in a cache key.
   *
   * @param name what it is
   * @param from where the value was given; empty where the instruction or a flag says it itself
   * @param line where it was given in the file, or 0
   */
  public record KeyPart(String name, String value, String from, int line) {
    static KeyPart of(String name, String value) {
      return new KeyPart(name, value, "", 0);
    }
  }

  /**
   * Something from outside of the file.
   *
   * @param kind the scheme of its identifier
   * @param name its identifier without the scheme
   * @param attributes what else is said of it
   * @param notes what is found out only when the build runs
   */
  public record Source(
      String id,
      String kind,
      String name,
      String digest,
      List<KeyPart> attributes,
      List<String> notes) {
    public Source {
      attributes = List.copyOf(attributes);
      notes = List.copyOf(notes);
    }
  }

  /**
   * An argument of the build.
   *
   * @param from where the value was given
   * @param lines of the instructions of needed stages, and before the first stage, that declare it
   * @param note what to know about one that nothing declares, or empty
   */
  public record Argument(String name, String value, String from, List<Integer> lines, String note) {
    public Argument {
      lines = List.copyOf(lines);
    }
  }
}
