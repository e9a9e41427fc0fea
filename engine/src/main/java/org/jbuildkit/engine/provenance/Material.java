package org.jbuildkit.engine.provenance;

import java.util.Optional;
import org.jbuildkit.base.Digest;
import org.jbuildkit.base.Json;
import org.jbuildkit.oci.Platform;

/** Something that a build read, in a form that can be found again. */
sealed interface Material {
  /** By which materials of a kind are ordered. */
  String order();

  Json.Obj toJson();

  private static Json.Obj json(String uri, Optional<Digest> digest) {
    var set = Json.object();
    digest.ifPresent(known -> set.put(known.algorithm(), known.hex()));
    var json = Json.object().put("uri", uri);
    return digest.isPresent() ? json.put("digest", set.build()).build() : json.build();
  }

  /**
   * @param isLocal whether it is of an image layout of the client
   */
  record Image(
      String reference, Optional<Platform> platform, Optional<Digest> digest, boolean isLocal)
      implements Material {
    @Override
    public String order() {
      return reference;
    }

    @Override
    public Json.Obj toJson() {
      return json(PackageUrl.ofImage(isLocal ? "oci" : "docker", reference, platform), digest);
    }

    boolean isSameAs(Image other) {
      return reference.equals(other.reference)
          && isLocal == other.isLocal
          && platform.map(Image::essence).equals(other.platform.map(Image::essence));
    }

    private static Platform essence(Platform platform) {
      return new Platform(
          platform.os(),
          platform.architecture(),
          platform.variant(),
          platform.osVersion(),
          java.util.List.of());
    }
  }

  record ImageBlob(String reference, Optional<Digest> digest, boolean isLocal) implements Material {
    @Override
    public String order() {
      return reference;
    }

    @Override
    public Json.Obj toJson() {
      return json(PackageUrl.ofBlob(isLocal ? "oci" : "docker", reference), digest);
    }
  }

  /**
   * @param url with the branch, tag or commit that was asked for
   * @param commit what that was, or empty
   */
  record Git(String url, String commit) implements Material {
    @Override
    public String order() {
      return url;
    }

    @Override
    public Json.Obj toJson() {
      return Json.object().put("uri", url).put("digest", digests(commit)).build();
    }

    static Json.Obj digests(String commit) {
      return Json.object().put(commit.length() == 64 ? "sha256" : "sha1", commit).build();
    }
  }

  record Http(String url, Optional<Digest> digest) implements Material {
    @Override
    public String order() {
      return url;
    }

    @Override
    public Json.Obj toJson() {
      return json(url, digest);
    }
  }
}
