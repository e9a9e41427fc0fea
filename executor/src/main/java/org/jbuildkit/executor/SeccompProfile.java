package org.jbuildkit.executor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jbuildkit.base.Json;

/**
 * Which system calls a confined process may make: Moby's default profile for the default
 * capabilities. Calls that the runtime's libseccomp does not know it leaves out.
 */
final class SeccompProfile {
  private static final long NAMESPACE_FLAGS = 0x7E020000L;
  private static final int EPERM = 1;
  private static final int ENOSYS = 38;

  private SeccompProfile() {}

  /** Whether the kernel filters at all. */
  static boolean isSupported() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .anyMatch(line -> line.startsWith("Seccomp:"));
  }

  /**
   * The profile as the runtime takes it.
   *
   * @param architecture in Go's words
   */
  static Json document(String architecture) {
    var calls = new ArrayList<Json>();
    calls.add(allow(names("seccomp-allowed.txt")));
    calls.add(allow(List.of("process_vm_readv", "process_vm_writev", "ptrace")));
    addSocket(calls);
    for (long persona : new long[] {0, 8, 0x20000, 0x20008, 0xFFFFFFFFL}) {
      calls.add(allow("personality", argument(0, persona, 0, "SCMP_CMP_EQ")));
    }
    calls.add(allow("clone", argument(0, NAMESPACE_FLAGS, 0, "SCMP_CMP_MASKED_EQ")));
    calls.add(
        Json.object()
            .put("names", Json.ofTexts(List.of("clone3")))
            .put("action", "SCMP_ACT_ERRNO")
            .put("errnoRet", Json.of(ENOSYS))
            .build());
    calls.add(allow(List.of("chroot")));
    calls.add(allow(ofArchitecture(architecture)));
    return Json.object()
        .put("defaultAction", "SCMP_ACT_ERRNO")
        .put("defaultErrnoRet", Json.of(EPERM))
        .put("architectures", Json.ofTexts(architectures(architecture)))
        .put("syscalls", new Json.Arr(calls))
        .build();
  }

  /** All address families but those of the kernel's cryptography and of virtual machines. */
  private static void addSocket(List<Json> calls) {
    calls.add(allow("socket", argument(0, 38, 0, "SCMP_CMP_LT")));
    calls.add(allow("socket", argument(0, 39, 0, "SCMP_CMP_EQ")));
    calls.add(allow("socket", argument(0, 40, 0, "SCMP_CMP_GT")));
  }

  private static List<String> ofArchitecture(String architecture) {
    return switch (architecture) {
      case "amd64", "386" -> List.of("arch_prctl", "modify_ldt");
      case "arm64", "arm" ->
          List.of(
              "arm_fadvise64_64",
              "arm_sync_file_range",
              "sync_file_range2",
              "breakpoint",
              "cacheflush",
              "set_tls");
      case "ppc64le" -> List.of("sync_file_range2", "swapcontext");
      case "s390x" -> List.of("s390_pci_mmio_read", "s390_pci_mmio_write", "s390_runtime_instr");
      case "riscv64" -> List.of("riscv_flush_icache");
      default -> List.of("arch_prctl");
    };
  }

  private static List<String> architectures(String architecture) {
    return switch (architecture) {
      case "amd64" -> List.of("SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32");
      case "386" -> List.of("SCMP_ARCH_X86");
      case "arm64" -> List.of("SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM");
      case "arm" -> List.of("SCMP_ARCH_ARM");
      case "ppc64le" -> List.of("SCMP_ARCH_PPC64LE");
      case "s390x" -> List.of("SCMP_ARCH_S390X", "SCMP_ARCH_S390");
      case "riscv64" -> List.of("SCMP_ARCH_RISCV64");
      default -> List.of("SCMP_ARCH_NATIVE");
    };
  }

  private static Json allow(List<String> names) {
    return Json.object().put("names", Json.ofTexts(names)).put("action", "SCMP_ACT_ALLOW").build();
  }

  private static Json allow(String name, Json argument) {
    return Json.object()
        .put("names", Json.ofTexts(List.of(name)))
        .put("action", "SCMP_ACT_ALLOW")
        .put("args", new Json.Arr(List.of(argument)))
        .build();
  }

  private static Json argument(int index, long value, long second, String comparison) {
    return Json.object()
        .put("index", Json.of(index))
        .put("value", Json.of(value))
        .put("valueTwo", Json.of(second))
        .put("op", comparison)
        .build();
  }

  private static List<String> names(String resource) {
    try (var in = Objects.requireNonNull(SeccompProfile.class.getResourceAsStream(resource))) {
      return List.of(new String(in.readAllBytes(), StandardCharsets.UTF_8).strip().split("\\s+"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
