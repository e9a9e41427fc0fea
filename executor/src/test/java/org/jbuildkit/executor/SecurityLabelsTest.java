package org.jbuildkit.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecurityLabelsTest {
  @TempDir Path machine;

  private void write(String path, String text) throws IOException {
    var file = machine.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  @Test
  void whatTheMachineDoesNotHaveFailsTheStep() {
    var labels = new SecurityLabels("mine", true, machine);
    assertThatThrownBy(labels::profile)
        .hasMessage("AppArmor is not supported on this host, but the profile 'mine' was specified");
    assertThatThrownBy(labels::containerLabels).hasMessage("selinux is not available");
  }

  @Test
  void aProfileIsNamedWhereTheModuleIsOn() throws IOException {
    write("sys/kernel/security/apparmor/profiles", "");
    write("sys/module/apparmor/parameters/enabled", "Y\n");
    assertThat(new SecurityLabels("mine", false, machine).profile()).contains("mine");
    write("sys/module/apparmor/parameters/enabled", "N\n");
    assertThatThrownBy(new SecurityLabels("mine", false, machine)::profile)
        .hasMessageStartingWith("AppArmor is not supported");
  }

  @Test
  void eachContainerGetsTwoCategoriesOfItsOwn() throws IOException {
    write("sys/fs/selinux/enforce", "1");
    write("etc/selinux/config", "# x\nSELINUXTYPE=targeted\n");
    write(
        "etc/selinux/targeted/contexts/lxc_contexts",
        """
        process = "system_u:system_r:container_t:s0"
        file = "system_u:object_r:container_file_t:s0"
        """);
    var labels = new SecurityLabels("", true, machine);
    var first = labels.containerLabels().orElseThrow();
    assertThat(first.process()).matches("system_u:system_r:container_t:s0:c[0-9]{1,4},c[0-9]{1,4}");
    assertThat(first.mount())
        .isEqualTo("system_u:object_r:container_file_t:" + first.process().split(":", 4)[3]);
    assertThat(labels.containerLabels().orElseThrow()).isNotEqualTo(first);
  }
}
