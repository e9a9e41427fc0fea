package org.jbuildkit.base;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** CVE-2023-26054: credentials of URLs showed up where builds are told of. */
class UserInfoTest {
  @Test
  void usersInAddressesAreHidden() {
    assertThat(UserInfo.masked("https://me:secret@example.com/r.git"))
        .isEqualTo("https://xxxxx:xxxxx@example.com/r.git");
    assertThat(UserInfo.masked("ssh://git@example.com/r")).isEqualTo("ssh://xxxxx@example.com/r");
    assertThat(UserInfo.masked("https://example.com/a@b")).isEqualTo("https://example.com/a@b");
  }

  @Test
  void passwordsAreHiddenWhereverTheyStandInATextButNamesOfSshAreNot() {
    assertThat(
            UserInfo.maskedIn(
                "ADD https://me:se@cret@h/x http://:t@h:80/y git@h:z ssh://git@h/w /"))
        .isEqualTo("ADD https://xxxxx:xxxxx@h/x http://xxxxx:xxxxx@h:80/y git@h:z ssh://git@h/w /");
  }

  @Test
  void aTokenInsteadOfAUserIsHiddenToo() {
    assertThat(UserInfo.maskedIn("a HTTPS://ghp_t0ken@h/x git://t@h http://h/@a https://h:1/b@c"))
        .isEqualTo("a HTTPS://xxxxx@h/x git://xxxxx@h http://h/@a https://h:1/b@c");
    assertThat(UserInfo.maskedIn("git://git@h/x https://git@h")).doesNotContain("xxxxx");
    assertThat(UserInfo.maskedIn("docker-image://alpine@sha256:12"))
        .isEqualTo("docker-image://alpine@sha256:12");
  }
}
