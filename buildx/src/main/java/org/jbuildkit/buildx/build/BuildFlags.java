package org.jbuildkit.buildx.build;

import org.jbuildkit.cli.Environment;
import org.jbuildkit.cli.Flag;

/** The flags of {@code build}. */
final class BuildFlags {
  private BuildFlags() {}

  static Flag[] all(Environment environment) {
    return new Flag[] {
      Flag.of(Flag.Kind.SLICE, "Add a custom host-to-IP mapping (format: \"host:ip\")", "add-host"),
      Flag.list("Allow extra privileged entitlement (e.g., \"network.host\")", "allow"),
      Flag.list("Add annotation to the image", "annotation"),
      Flag.list("Attestation parameters (format: \"type=sbom,generator=image\")", "attest"),
      Flag.list("Set build-time variables", "build-arg"),
      Flag.list("Additional build contexts (e.g., name=path)", "build-context"),
      Flag.list("External cache sources (e.g., \"type=local,src=path/to/dir\")", "cache-from"),
      Flag.list("Cache export destinations (e.g., \"type=local,dest=path/to/dir\")", "cache-to"),
      Flag.text(
              "Set method for evaluating build (\"check\", \"outline\", \"targets\", \"explain\")",
              "call")
          .withPreset("build"),
      Flag.bool("Shorthand for \"--call=check\"", "check"),
      Flag.text("Set the parent cgroup for the \"RUN\" instructions", "cgroup-parent"),
      Flag.text("Name of the Dockerfile (default: \"PATH/Dockerfile\")", "file", "f"),
      Flag.text("Write the image ID to a file", "iidfile"),
      Flag.list("Set metadata for an image", "label"),
      Flag.bool("Shorthand for \"--output=type=docker\"", "load"),
      Flag.text("Write build result metadata to a file", "metadata-file"),
      Flag.text("Set the networking mode for the \"RUN\" instructions", "network")
          .withPreset("default"),
      Flag.bool("Do not use cache when building the image", "no-cache"),
      Flag.list("Do not cache specified stages", "no-cache-filter"),
      Flag.list("Output destination (format: \"type=local,dest=path\")", "output", "o"),
      Flag.list("Set target platform for build", "platform")
          .withPreset(environment.variable("DOCKER_DEFAULT_PLATFORM")),
      Flag.list("Source policies (format: \"filename=path\")", "policy"),
      Flag.text("Set type of progress output (auto, none, plain, quiet, rawjson, tty)", "progress")
          .withPreset("auto"),
      Flag.text("Shorthand for \"--attest=type=provenance\"", "provenance"),
      Flag.bool("Always attempt to pull all referenced images", "pull"),
      Flag.bool("Shorthand for \"--output=type=registry,unpack=false\"", "push"),
      Flag.bool("Suppress the build output and print image ID on success", "quiet", "q"),
      Flag.list("Set resource limits of steps (e.g., \"memory=1g\")", "resource"),
      Flag.text("Shorthand for \"--attest=type=sbom\"", "sbom"),
      Flag.list("Secret to expose to the build (format: \"id=mysecret,src=/file\")", "secret"),
      Flag.of(Flag.Kind.BYTES, "Shared memory size for build containers", "shm-size"),
      Flag.list("SSH agent socket to expose to the build (format: \"default|id[=socket]\")", "ssh"),
      Flag.list("Image identifier (format: \"[registry/]repository[:tag]\")", "tag", "t"),
      Flag.text("Set the target build stage to build", "target"),
      Flag.list("Ulimit options", "ulimit"),
      Flag.text("As --call", "print").asHidden(),
      Flag.text("As --resource memory=", "memory", "m").asHidden(),
      Flag.text("As --resource memory-swap=", "memory-swap").asHidden(),
      Flag.text("As --resource cpu-shares=", "cpu-shares", "c").asHidden(),
      Flag.text("As --resource cpu-period=", "cpu-period").asHidden(),
      Flag.text("As --resource cpu-quota=", "cpu-quota").asHidden(),
      Flag.text("As --resource cpuset-cpus=", "cpuset-cpus").asHidden(),
      Flag.text("As --resource cpuset-mems=", "cpuset-mems").asHidden(),
      Flag.bool("Without effect", "compress").asHidden(),
      Flag.bool("Without effect", "rm").asHidden(),
      Flag.bool("Without effect", "force-rm").asHidden(),
      Flag.bool("Without effect", "squash").asHidden(),
      Flag.text("Without effect", "isolation").asHidden(),
      Flag.of(Flag.Kind.SLICE, "Without effect", "security-opt").asHidden(),
    };
  }
}
