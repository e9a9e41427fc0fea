package org.jbuildkit.protocol.keys;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.MessageDigest;
import java.util.HexFormat;
import org.jbuildkit.protocol.apicaps.APICap;
import org.jbuildkit.protocol.gateway.PongResponse;
import org.junit.jupiter.api.Test;

class CapabilityIdsTest {
  @Test
  void pongWithoutWorkersHasTheBytesThatPeersSend() throws Exception {
    var pong = PongResponse.newBuilder();
    for (var id : CapabilityIds.FRONTEND) {
      pong.addFrontendAPICaps(
          APICap.newBuilder()
              .setID(id)
              .setEnabled(true)
              .setDeprecated(id.equals(CapabilityIds.DEPRECATED)));
    }
    for (var id : CapabilityIds.LLB) {
      pong.addLLBCaps(APICap.newBuilder().setID(id).setEnabled(true));
    }
    var bytes = pong.build().toByteArray();
    assertThat(bytes).hasSize(2838);
    assertThat(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes)))
        .isEqualTo("983098e08a817faeae990e98fd1fd2888e54ef7f245ae6c15e9d1df78ab46fd9");
  }
}
