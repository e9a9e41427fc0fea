package org.jbuildkit.session.attach;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class TokenKeyTest {
  private static final byte[] SALT =
      HexFormat.of().parseHex("2a013a12a97e5e090b6f3b41b7f302d3870d3065c4f7462ac1ceb738e1437470");

  private static String key(String seed) throws Exception {
    return HexFormat.of().formatHex(TokenKey.of(SALT, HexFormat.of().parseHex(seed)).publicKey());
  }

  @Test
  void keysAreThoseOfOtherClients() throws Exception {
    assertThat(key("da66e519b4f0081bf1f6463fa286744a"))
        .isEqualTo("265c09ecd8c239a8f67e946515cf9234415d3a62570aa22060ca4326a8254cce");
    assertThat(key(""))
        .isEqualTo("f3bf84f5de07e2179d65aae73e218406e971ba369f8c2f9c710445305fb8e785");
  }

  @Test
  void signatureComesBeforeThePayload() throws Exception {
    var signed = TokenKey.of(SALT, new byte[0]).sign(new byte[] {1, 2, 3});
    assertThat(signed).hasSize(67).endsWith(1, 2, 3);
  }
}
