package org.jbuildkit.engine;

import java.io.IOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import org.jbuildkit.engine.gateway.Build;
import org.jbuildkit.protocol.pb.Definition;

/** Turns what a user asks for into trees: a language, or a program that speaks one. */
public interface Frontend {

  /** The name in requests. */
  String name();

  /**
   * Says what is to be built; its trees are not made yet.
   *
   * @throws org.jbuildkit.base.BuildException for requests that make no sense
   */
  Build.Returned solve(Build build, Request request) throws IOException, InterruptedException;

  /**
   * @param options as the user gave them
   * @param inputs trees made elsewhere, by name
   */
  record Request(SequencedMap<String, String> options, SequencedMap<String, Definition> inputs) {
    public Request {
      options = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(options));
      inputs = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(inputs));
    }

    public static Request of(Map<String, String> options, Map<String, Definition> inputs) {
      return new Request(new LinkedHashMap<>(options), new LinkedHashMap<>(inputs));
    }

    /** An option's value; empty if it is not given. */
    public String option(String name) {
      return options.getOrDefault(name, "");
    }
  }
}
