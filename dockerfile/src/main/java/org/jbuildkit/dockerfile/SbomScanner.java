package org.jbuildkit.dockerfile;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.base.ContainerPath;
import org.jbuildkit.llb.LlbEdge;
import org.jbuildkit.llb.Ops;
import org.jbuildkit.oci.ImageReference;
import org.jbuildkit.oci.Platform;
import org.jbuildkit.protocol.keys.AttestationOptions;
import org.jbuildkit.protocol.pb.ExecOp;
import org.jbuildkit.protocol.pb.FileAction;
import org.jbuildkit.protocol.pb.FileActionMkDir;
import org.jbuildkit.protocol.pb.Meta;
import org.jbuildkit.protocol.pb.Mount;
import org.jbuildkit.protocol.pb.MountType;
import org.jbuildkit.protocol.pb.OpMetadata;
import org.jbuildkit.protocol.pb.TmpfsOpt;

/**
 * The program of an image that lists the software in trees. It finds them mounted, is told where by
 * variables, and writes one statement a tree into a folder, which is the vertex's output.
 */
public final class SbomScanner {
  private static final String OUTPUT = "/run/out/";
  private static final String CORE = "/run/src/core/sbom";
  private static final String EXTRAS = "/run/src/extras";
  private static final String VARIABLE = "BUILDKIT_SCAN_";

  private final String reference;
  private final Platform platform;
  private final ImageSpec image;
  private final AttestationOptions.Sbom wanted;

  private SbomScanner(
      String reference, Platform platform, ImageSpec image, AttestationOptions.Sbom wanted) {
    this.reference = reference;
    this.platform = platform;
    this.image = image;
    this.wanted = wanted;
  }

  /**
   * The scanner's image with a tag or digest.
   *
   * @param role of the image in errors
   * @throws BuildException for what is no reference
   */
  public static ImageReference reference(String generator, String role) {
    if (generator.isEmpty()) {
      throw BuildException.failed(role + " cannot be empty");
    }
    try {
      return ImageReference.parse(generator).withDefaultTag();
    } catch (BuildException e) {
      throw e.within("failed to parse " + role + " " + generator);
    }
  }

  /**
   * Looks a scanner up.
   *
   * @param client whose build platform the scanner runs on
   * @param mode when registries are asked although the image is known, as sources have it
   * @throws BuildException where there is no such image, or nothing to run in it
   */
  public static SbomScanner find(FrontendClient client, AttestationOptions.Sbom wanted, String mode)
      throws InterruptedException {
    var named = reference(wanted.generator(), "sbom scanner").toString();
    var platform = client.buildPlatform();
    var source =
        new ImageConfigs(client, mode)
            .source(named, platform, new Ops.About(OpMetadata.getDefaultInstance(), List.of()));
    var found = client.resolveImage(source, platform, "");
    var taken = found.replacement().orElse(named);
    try {
      var image = ImageSpec.parse(found.config());
      if (image.entrypoint.isEmpty() && image.cmd.isEmpty()) {
        throw BuildException.failed("scanner " + taken + " does not have cmd");
      }
      return new SbomScanner(taken, platform, image, wanted);
    } catch (IllegalArgumentException e) {
      throw BuildException.failed("scanner " + taken + " has no image config", e);
    }
  }

  /**
   * What is scanned of one result.
   *
   * @param core the result's tree; nothing is the empty one
   * @param extras more trees, by their names
   */
  public record Subject(
      Optional<LlbEdge> core,
      SequencedMap<String, Optional<LlbEdge>> extras,
      boolean ignoresCache) {}

  /**
   * The scan of a result.
   *
   * @param id of the platform that the result is for
   * @return the folder of statements
   */
  public LlbEdge scan(String id, Subject subject) {
    boolean isWindows = platform.os().equals("windows");
    var mounts = mounts(subject, isWindows);
    var exec =
        ExecOp.newBuilder()
            .setMeta(meta(!subject.extras().isEmpty()))
            .addAllMounts(mounts.placed())
            .build();
    var capabilities =
        List.of(
            "exec.meta.base",
            "exec.mount.bind",
            isWindows ? "exec.mount.selector" : "exec.mount.tmpfs");
    var metadata =
        OpMetadata.newBuilder()
            .putDescription(
                BuildScene.CUSTOM_NAME, "[" + id + "] generating sbom using " + reference)
            .setIgnoreCache(subject.ignoresCache())
            .build();
    var about = new Ops.About(metadata, List.of());
    return Ops.exec(exec, mounts.inputs(), platform, capabilities, about).vertex().output(1);
  }

  private ScanMounts mounts(Subject subject, boolean isWindows) {
    var source =
        Ops.source(
            "docker-image://" + reference,
            new LinkedHashMap<>(),
            Optional.of(platform),
            List.of("source.image"),
            new Ops.About(OpMetadata.getDefaultInstance(), List.of()));
    var mounts = new ScanMounts(source);
    mounts.add(Mount.newBuilder().setDest(OUTPUT).setOutput(1), Optional.empty());
    mounts.readOnly(CORE, subject.core());
    subject.extras().forEach((name, tree) -> mounts.readOnly(EXTRAS + "/sbom-" + name, tree));
    if (isWindows) {
      mounts.folder(source);
    } else {
      mounts.temporary();
    }
    return mounts;
  }

  private Meta.Builder meta(boolean hasExtras) {
    var variables = image.environment();
    Stage.set(variables, VARIABLE + "DESTINATION", OUTPUT);
    Stage.set(variables, VARIABLE + "SOURCE", CORE);
    if (hasExtras) {
      Stage.set(variables, VARIABLE + "SOURCE_EXTRAS", EXTRAS);
    }
    wanted.parameters().forEach((name, value) -> Stage.set(variables, VARIABLE + name, value));
    var directory = image.workingDir;
    var meta =
        Meta.newBuilder()
            .addAllArgs(image.entrypoint)
            .addAllArgs(image.cmd)
            .setCwd(directory.startsWith("/") ? directory : new ContainerPath(directory).value())
            .setRemoveMountStubsRecursive(true);
    variables.forEach((name, value) -> meta.addEnv(name + "=" + value));
    return meta;
  }

  /** Mounts in the order of the op, and what they take. */
  private static final class ScanMounts {
    private record Placed(Mount.Builder mount, Optional<LlbEdge> input) {}

    private final List<Placed> placed = new ArrayList<>();
    private final List<LlbEdge> inputs = new ArrayList<>();

    ScanMounts(LlbEdge root) {
      add(Mount.newBuilder().setDest("/"), Optional.of(root));
    }

    void add(Mount.Builder mount, Optional<LlbEdge> input) {
      placed.add(new Placed(mount, input));
    }

    void readOnly(String dest, Optional<LlbEdge> tree) {
      add(Mount.newBuilder().setDest(dest).setReadonly(true).setOutput(-1), tree);
    }

    void temporary() {
      add(
          Mount.newBuilder()
              .setDest("/tmp")
              .setOutput(-1)
              .setMountType(MountType.TMPFS)
              .setTmpfsOpt(TmpfsOpt.getDefaultInstance()),
          Optional.empty());
    }

    /** Where there is no file system in memory. */
    void folder(LlbEdge root) {
      var directory =
          FileActionMkDir.newBuilder()
              .setPath("/tmp")
              .setMode(0777)
              .setMakeParents(true)
              .setTimestamp(-1);
      var action = new Ops.Action(FileAction.newBuilder().setMkdir(directory), Optional.empty());
      var about = new Ops.About(OpMetadata.getDefaultInstance(), List.of());
      add(
          Mount.newBuilder().setDest("/tmp").setOutput(-1).setSelector("/tmp"),
          Optional.of(Ops.file(Optional.of(root), List.of(action), about)));
    }

    List<Mount> placed() {
      placed.sort(Comparator.comparing(one -> ByteName.ofText(one.mount().getDest())));
      return placed.stream()
          .map(one ->
              one.mount()
                  .setInput(one.input().map(edge -> edge.indexAdding(inputs)).orElse(-1))
                  .build())
          .toList();
    }

    List<LlbEdge> inputs() {
      return inputs;
    }
  }
}
