package org.jbuildkit.executor.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jbuildkit.engine.exec.DeviceGrants;
import org.jbuildkit.protocol.pb.CDIDevice;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DevicesTest {
  @TempDir Path folder;
  private DeviceRegistry registry = new DeviceRegistry(List.of(), Set.of());

  @BeforeEach
  void describe() throws IOException {
    Files.writeString(
        folder.resolve("one.yaml"),
        """
        cdiVersion: "0.6.0"
        kind: "vendor1.com/device"
        containerEdits:
          env: ["ALL=1"]
        devices:
        - name: foo
          annotations: {org.mobyproject.buildkit.device.class: class1}
          containerEdits:
            env: ["FOO=injected"]
            deviceNodes: [{path: /dev/mine, hostPath: /dev/null, permissions: rw, fileMode: 384}]
            mounts: [{hostPath: /etc/hostname, containerPath: /host, options: [ro, bind]}]
            additionalGids: [44, 0]
            hooks: [{hookName: createContainer, path: /bin/true, args: [true, now]}]
        - name: bar
          annotations: {org.mobyproject.buildkit.device.class: class1}
        """);
    Files.writeString(
        folder.resolve("two.json"),
        """
        {"cdiVersion": "0.6.0", "kind": "vendor2.com/gpu", "devices": [{"name": "0",
          "annotations": {"org.mobyproject.buildkit.device.autoallow": "true"},
          "containerEdits": {}}]}
        """);
    Files.writeString(folder.resolve("broken.yaml"), "kind: [");
    registry = new DeviceRegistry(List.of(folder), Set.of());
  }

  @Test
  void namesKindsAndClassesAreFound() {
    assertThat(registry.find("vendor1.com/device=foo", false))
        .containsExactly("vendor1.com/device=foo");
    assertThat(registry.find("vendor1.com/device", false))
        .containsExactly("vendor1.com/device=bar");
    assertThat(registry.find("vendor1.com/device=*", false))
        .containsExactly("vendor1.com/device=bar", "vendor1.com/device=foo");
    assertThat(registry.find("vendor1.com/device=class1", false)).hasSize(2);
    assertThat(registry.find("vendor9.com/device", true)).isEmpty();
    assertThatThrownBy(() -> registry.find("vendor9.com/device", false))
        .hasMessage("required device \"vendor9.com/device\" is not registered");
    assertThatThrownBy(() -> registry.find("nothing", true))
        .hasMessageStartingWith("invalid device \"nothing\"");
  }

  @Test
  void whatDevicesChangeIsTheirFilesAndTheirOwn() {
    var edits = registry.edits(List.of("vendor1.com/device=foo", "vendor1.com/device=bar"));
    assertThat(edits.env()).containsExactly("ALL=1", "FOO=injected");
    assertThat(edits.groups()).containsExactly(44L);
    assertThat(edits.nodes().getFirst().node().write())
        .isEqualTo(
            "{\"path\":\"/dev/mine\",\"type\":\"c\",\"major\":1,\"minor\":3,\"fileMode\":384}");
    assertThat(edits.nodes().getFirst().rule().write())
        .isEqualTo("{\"allow\":true,\"type\":\"c\",\"major\":1,\"minor\":3,\"access\":\"rw\"}");
    assertThat(edits.mounts().getFirst().destination()).isEqualTo("/host");
    assertThat(edits.hooks().getFirst().moment()).isEqualTo("createContainer");
    assertThatThrownBy(() -> registry.edits(List.of("a/b=c")))
        .hasMessageStartingWith("CDI device injection failed: ");
  }

  private List<String> granted(Set<String> entitlements, String... wanted) {
    var devices =
        List.of(wanted).stream().map(name -> CDIDevice.newBuilder().setName(name).build()).toList();
    return DeviceGrants.of(entitlements).granted(devices, registry);
  }

  @Test
  void aBuildGetsOnlyWhatItWasGranted() {
    var foo = "vendor1.com/device=foo";
    assertThat(granted(Set.of("device"), foo)).containsExactly(foo);
    assertThat(granted(Set.of("device=" + foo), foo)).containsExactly(foo);
    assertThat(granted(Set.of(), "vendor2.com/gpu")).containsExactly("vendor2.com/gpu=0");
    assertThat(granted(Set.of("device=" + foo + ",alias=mine/own"), "mine/own"))
        .containsExactly(foo);
    assertThatThrownBy(() -> granted(Set.of("network.host"), foo))
        .hasMessage("device " + foo + " is requested by the build but not allowed");
    assertThatThrownBy(() -> granted(Set.of(), "vendor1.com/device=*"))
        .hasMessage(
            "devices vendor1.com/device=bar, vendor1.com/device=foo are requested by the build but"
                + " not allowed");
    var open = new DeviceRegistry(List.of(folder), Set.of("vendor1.com/device"));
    assertThat(open.isFree(foo)).isTrue();
    assertThat(registry.isFree(foo)).isFalse();
  }

  @Test
  void aDeviceDescribedTwiceInOneFolderIsNone() throws IOException {
    Files.copy(folder.resolve("two.json"), folder.resolve("three.json"));
    assertThat(registry.list())
        .extracting(DeviceRegistry.Device::name)
        .containsExactly("vendor1.com/device=bar", "vendor1.com/device=foo");
  }
}
