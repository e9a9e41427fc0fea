package org.jbuildkit.solver;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jbuildkit.base.Digest;

/**
 * A name for an output. Root keys are named by their op's digest alone; others by their links to
 * the keys of their inputs, several alternatives per input. The links grow while the graph learns;
 * only {@link KeyGraph} adds any, under its lock.
 */
public final class CacheKey {
  private static final int CONTENT_OUTPUT = -1;

  private final String id;
  private final String opDigest;
  private final int output;
  private final boolean ephemeral;
  private final List<Set<Link>> inputs;

  /**
   * One way to name an input.
   *
   * @param selector digest of the part that matters, empty for all of it
   */
  public record Link(CacheKey key, String selector) {}

  CacheKey(String id, String opDigest, int output, int inputCount, boolean ephemeral) {
    this.id = id;
    this.opDigest = opDigest;
    this.output = output;
    this.ephemeral = ephemeral;
    this.inputs = new ArrayList<>(inputCount);
    for (int i = 0; i < inputCount; i++) {
      inputs.add(new LinkedHashSet<>());
    }
  }

  /** The key of output {@code output} of an op without inputs. */
  static CacheKey root(String opDigest, int output) {
    boolean random = opDigest.startsWith(CacheMap.RANDOM);
    var name = output == 0 && random ? opDigest : opDigest + "@" + output;
    var id = random ? name : Digest.sha256(name).toString();
    return new CacheKey(id, opDigest, output, 0, random);
  }

  /** The key of content with this digest, whatever produced it. */
  public static CacheKey content(String contentDigest) {
    return root(contentDigest, CONTENT_OUTPUT);
  }

  public String id() {
    return id;
  }

  public String opDigest() {
    return opDigest;
  }

  public int output() {
    return output;
  }

  /** Whether this names content, whatever produced it. */
  boolean isContent() {
    return output == CONTENT_OUTPUT;
  }

  /** The digest under which this key is exported. */
  public Digest recordDigest() {
    return Digest.sha256(opDigest + "@" + output);
  }

  /**
   * Whether this key can't match in another session, because it or one of its inputs is named only
   * by a random digest. Such keys are neither kept nor exported.
   */
  public boolean isEphemeral() {
    return ephemeral;
  }

  public int inputCount() {
    return inputs.size();
  }

  /** The alternatives at one input, as they are now. Call through {@link KeyGraph#links}. */
  Set<Link> links(int input) {
    return inputs.get(input);
  }

  /** The alternatives at all inputs. For {@link KeyGraph} alone. */
  List<Set<Link>> allLinks() {
    return inputs;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CacheKey key && key.id.equals(id);
  }

  @Override
  public int hashCode() {
    return id.hashCode();
  }

  @Override
  public String toString() {
    return id;
  }
}
