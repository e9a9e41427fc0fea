package org.jbuildkit.dockerfile;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jbuildkit.base.ContainerPath;
import org.jbuildkit.dockerfile.syntax.DockerfileParser;
import org.jbuildkit.dockerfile.syntax.Heredoc;
import org.jbuildkit.dockerfile.syntax.Instruction;

/**
 * COPY or ADD with its variables replaced.
 *
 * @param sources paths and addresses, in order
 * @param documents files given in the instruction itself
 */
record CopyRequest(
    Instruction.Copy copy,
    String chown,
    String chmod,
    String checksum,
    List<String> sources,
    String destination,
    List<Document> documents) {

  CopyRequest {
    sources = List.copyOf(sources);
    documents = List.copyOf(documents);
  }

  /** A file given in the instruction. */
  record Document(String name, String content) {}

  /**
   * Replaces each variable once. Of documents of one name the last one's text counts.
   *
   * @param word for words
   * @param document for the text of documents
   */
  static CopyRequest of(
      Instruction.Copy copy, UnaryOperator<String> word, UnaryOperator<String> document) {
    var chown = word.apply(copy.flags().chown());
    var chmod = word.apply(copy.flags().chmod());
    var checksum = word.apply(copy.flags().checksum());
    var arguments = copy.arguments();
    var sources = new ArrayList<String>();
    var markers = new ArrayList<Heredoc>();
    for (var argument : arguments.subList(0, arguments.size() - 1)) {
      DockerfileParser.heredocMarker(argument)
          .ifPresentOrElse(markers::add, () -> sources.add(word.apply(argument)));
    }
    var destination = word.apply(arguments.getLast());
    var bodies = new HashMap<String, String>();
    copy.line().heredocs().forEach(heredoc -> bodies.put(heredoc.name(), heredoc.body()));
    var documents = new ArrayList<Document>();
    for (var marker : markers) {
      var body = marker.withBody(bodies.getOrDefault(marker.name(), "")).content();
      documents.add(new Document(marker.name(), marker.expands() ? document.apply(body) : body));
    }
    return new CopyRequest(copy, chown, chmod, checksum, sources, destination, documents);
  }

  /** What is used of the tree that is copied from. */
  List<String> paths() {
    return sources.stream().map(source -> new ContainerPath(source).value()).toList();
  }

  /** The instruction in the image history. */
  String history() {
    var text = new StringBuilder(copy.isAdd() ? "ADD" : "COPY");
    text.append(copy.flags().parents() ? " --parents" : "");
    text.append(chown.isEmpty() ? "" : " --chown=" + chown);
    text.append(chmod.isEmpty() ? "" : " --chmod=" + chmod);
    sources.forEach(source -> text.append(' ').append(source));
    documents.forEach(document -> text.append(" <<").append(document.name()));
    return text + " " + destination + " # buildkit";
  }
}
