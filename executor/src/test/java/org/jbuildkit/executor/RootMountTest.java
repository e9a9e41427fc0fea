package org.jbuildkit.executor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Which root folders may be mounted on themselves. */
class RootMountTest {
  private static final List<String> MOUNTS =
      List.of(
          "22 27 0:21 / /proc rw,relatime - proc proc rw",
          "27 1 254:0 / / rw,relatime - ext4 /dev/vda rw",
          "28 27 254:1 / /srv rw,relatime shared:4 - ext4 /dev/vdb rw",
          "29 27 254:2 / /mnt rw,relatime master:1 - ext4 /dev/vdc rw");

  @Test
  void thoseOnMountsThatShareNothing() {
    assertThat(RootMount.isPrivate(27, MOUNTS)).isTrue();
    assertThat(RootMount.isPrivate(29, MOUNTS)).isTrue();
  }

  @Test
  void noneOnSharedMountsOrOnThoseThatCantBeSeen() {
    assertThat(RootMount.isPrivate(28, MOUNTS)).isFalse();
    assertThat(RootMount.isPrivate(99, MOUNTS)).isFalse();
  }
}
