package org.jbuildkit.frontend;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class RehearsalTest {
  @Test
  @Timeout(60)
  void aBuildGoesThroughToItsReturn() throws Exception {
    assertThat(Rehearsal.run()).isZero();
  }
}
