package org.jbuildkit.engine.provenance;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorDetail;
import org.jbuildkit.base.Json;
import org.jbuildkit.base.UserInfo;
import org.jbuildkit.oci.ImageReference;

/** What steps read and used. Collected by one thread. */
public final class Capture {
  private final List<Material.Image> images = new ArrayList<>();
  private final LinkedHashMap<String, Material.ImageBlob> blobs = new LinkedHashMap<>();
  private final TreeMap<String, Material.Git> git = new TreeMap<>();
  private final TreeMap<String, Material.Http> http = new TreeMap<>();
  private final TreeSet<String> locals = new TreeSet<>();
  private final TreeMap<String, Boolean> secrets = new TreeMap<>();
  private final TreeMap<String, Boolean> agents = new TreeMap<>();
  private boolean usesNetwork;
  private boolean isIncomplete;

  void add(Material.Image image) {
    if (images.stream().noneMatch(image::isSameAs)) {
      images.add(image);
    }
  }

  void add(Material.ImageBlob blob) {
    blobs.putIfAbsent(blob.reference() + " " + blob.isLocal(), blob);
  }

  void add(Material.Git repository) {
    var url = UserInfo.masked(repository.url());
    git.putIfAbsent(url, new Material.Git(url, repository.commit()));
  }

  void add(Material.Http file) {
    var url = UserInfo.masked(file.url());
    http.putIfAbsent(url, new Material.Http(url, file.digest()));
  }

  void addLocal(String name) {
    locals.add(name);
  }

  /** What one step needs is needed, though others can do without. */
  void addSecret(String id, boolean isOptional) {
    secrets.merge(id, isOptional, Boolean::logicalAnd);
  }

  void addAgent(String id, boolean isOptional) {
    agents.merge(id.isEmpty() ? "default" : id, isOptional, Boolean::logicalAnd);
  }

  void addNetwork() {
    usesNetwork = true;
  }

  /** Notes that something was read that is not told. */
  void addUnknown() {
    isIncomplete = true;
  }

  void add(Capture other) {
    other.images.forEach(this::add);
    other.blobs.values().forEach(this::add);
    other.git.values().forEach(this::add);
    other.http.values().forEach(this::add);
    locals.addAll(other.locals);
    other.secrets.forEach(this::addSecret);
    other.agents.forEach(this::addAgent);
    usesNetwork |= other.usesNetwork;
    isIncomplete |= other.isIncomplete;
  }

  /** Images, blobs of images, repositories and files, each kind in order. */
  List<Material> materials() {
    var all = new ArrayList<Material>();
    var byOrder = Comparator.comparing(Material::order);
    distinctImages().stream().sorted(byOrder).forEach(all::add);
    blobs.values().stream().sorted(byOrder).forEach(all::add);
    all.addAll(git.values());
    all.addAll(http.values());
    return all;
  }

  /** One that is known by its tag needs no mention by digest. */
  private List<Material.Image> distinctImages() {
    var tagged = new HashSet<String>();
    for (var image : images) {
      var reference = ImageReference.parse(image.reference());
      if (reference.digest().isEmpty()) {
        tagged.add(name(reference));
      }
    }
    return images.stream()
        .filter(image -> {
          var reference = ImageReference.parse(image.reference());
          return reference.digest().isEmpty() || !tagged.contains(name(reference));
        })
        .toList();
  }

  private static String name(ImageReference reference) {
    var tag = reference.tag().isEmpty() ? "latest" : reference.tag();
    return reference.repository() + ":" + tag;
  }

  java.util.Collection<Material.Git> repositories() {
    return git.values();
  }

  java.util.Collection<Material.Http> files() {
    return http.values();
  }

  /** Whether all that was read is among the materials. */
  boolean isComplete() {
    return locals.isEmpty() && !isIncomplete;
  }

  /**
   * Refuses what is not complete.
   *
   * @throws BuildException that names what is missing
   */
  public void requireComplete() {
    if (isComplete()) {
      return;
    }
    var missing = new ArrayList<Json>();
    var text = new StringBuilder("provenance materials are incomplete");
    if (!locals.isEmpty()) {
      text.append("\n\nUncaptured local sources:");
    }
    for (var name : locals) {
      text.append("\n  - ").append(name);
      missing.add(Json.object().put("name", name).put("reason", "local_source").build());
    }
    var detail = Json.object().put("incomplete", new Json.Arr(missing)).build();
    throw BuildException.failed(text.toString())
        .withDetail(
            new ErrorDetail.Opaque(
                "github.com/moby/buildkit/errdefs.ProvenanceMaterialsIncomplete+json",
                detail.bytes()));
  }

  /** Whether steps could have read nothing else. */
  boolean isHermetic() {
    return isComplete() && !usesNetwork;
  }

  /** The members {@code secrets}, {@code ssh} and {@code locals}, those that there are. */
  void writeUses(Json.ObjBuilder json, boolean withSecrets) {
    if (withSecrets) {
      uses(json, "secrets", secrets);
      uses(json, "ssh", agents);
    }
    if (!locals.isEmpty()) {
      var names = locals.stream().map(name -> (Json) Json.object().put("name", name).build());
      json.put("locals", new Json.Arr(names.toList()));
    }
  }

  private static void uses(Json.ObjBuilder json, String name, Map<String, Boolean> uses) {
    if (!uses.isEmpty()) {
      var list = new ArrayList<Json>();
      uses.forEach((id, isOptional) ->
          list.add(Json.object().put("id", id).putUnlessFalse("optional", isOptional).build()));
      json.put(name, new Json.Arr(list));
    }
  }
}
