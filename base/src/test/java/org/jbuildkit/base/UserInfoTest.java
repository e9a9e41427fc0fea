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
  void passwordsAreHiddenWhereverTheyStandInATextButNamesAloneAreNot() {
    assertThat(
            UserInfo.maskedIn(
                "ADD https://me:se@cret@h/x http://:t@h:80/y git@h:z ssh://git@h/w /"))
        .isEqualTo("ADD https://xxxxx:xxxxx@h/x http://xxxxx:xxxxx@h:80/y git@h:z ssh://git@h/w /");
  }
}
