package org.jbuildkit.buildctl.build;

import org.jbuildkit.cli.Flag;

/** The flags of {@code buildctl build}. */
final class BuildFlags {
  private BuildFlags() {}

  static Flag[] inputs() {
    return new Flag[] {
      Flag.list("a directory that the build may read, as name=path", "local"),
      Flag.list("an OCI layout that the build may read, as name=path", "oci-layout"),
      Flag.text("what turns the input into steps, such as dockerfile.v0", "frontend"),
      Flag.list("an option of the frontend, such as target=x or build-arg:k=v", "opt"),
      Flag.bool("run every step again", "no-cache"),
      Flag.list("a secret for steps, as id=name,src=file or id=name,env=variable", "secret"),
      Flag.list("an SSH agent for steps, as id[=socket[,raw=true]] or id=key[,key]", "ssh"),
      Flag.list("grant network.host, security.insecure or device", "allow"),
      Flag.text("a JSON file with rules for sources", "source-policy-file"),
      Flag.bool("let steps reach the network through a proxy only", "proxy-network"),
      Flag.list(
          "TLS settings for fetching a registry's tokens, as host=h,ca=file,cert=file,key=file or"
              + " host=h,insecure=true",
          "registry-auth-tlscontext"),
    };
  }

  static Flag[] outputs() {
    return new Flag[] {
      Flag.list(
          "where the result goes, such as type=image,name=r/i,push=true or type=local,dest=path",
          "output",
          "o"),
      Flag.list(
          "a cache to write, as type=registry,ref=r/i or type=local,dest=path", "export-cache"),
      Flag.list("a cache to read, as type=registry,ref=r/i or type=local,src=path", "import-cache"),
      Flag.text("how progress is shown: auto, plain, tty, rawjson or quiet", "progress")
          .withPreset("auto"),
      Flag.text("a file that progress is appended to as JSON", "trace"),
      Flag.text("a file for what is known of the result, as JSON", "metadata-file"),
      Flag.text("a file for the build's id", "ref-file"),
      Flag.text(
          "count what came from the cache, as JSON on stdout, on stderr or in a file",
          "debug-json-cache-metrics"),
    };
  }
}
