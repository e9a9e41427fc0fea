package org.jbuildkit.engine.op;

import static org.assertj.core.api.Assertions.assertThat;

import org.jbuildkit.oci.Platform;
import org.jbuildkit.protocol.pb.CacheOpt;
import org.jbuildkit.protocol.pb.CacheSharingOpt;
import org.jbuildkit.protocol.pb.ExecOp;
import org.jbuildkit.protocol.pb.HostIP;
import org.jbuildkit.protocol.pb.Meta;
import org.jbuildkit.protocol.pb.Mount;
import org.jbuildkit.protocol.pb.MountType;
import org.jbuildkit.protocol.pb.ProxyEnv;
import org.jbuildkit.protocol.pb.SecretOpt;
import org.junit.jupiter.api.Test;

/** Digests that were seen in caches exported by BuildKit. */
class OpDigestsTest {
  private static Mount.Builder mount(String dest, MountType type) {
    return Mount.newBuilder().setInput(-1).setOutput(-1).setDest(dest).setMountType(type);
  }

  private static CacheOpt.Builder cache(String id, CacheSharingOpt sharing) {
    return CacheOpt.newBuilder().setID(id).setSharing(sharing);
  }

  @Test
  void namesOfCachesAddressesAndProxiesAreNoPartOfAnExecsIdentity() {
    var exec =
        ExecOp.newBuilder()
            .setMeta(
                Meta.newBuilder()
                    .addArgs("/bin/sh")
                    .addArgs("-c")
                    .addArgs("true '<é>\u2028\t'")
                    .addEnv("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
                    .setCwd("/")
                    .setProxyEnv(ProxyEnv.newBuilder().setHttpProxy("http://proxy"))
                    .addExtraHosts(HostIP.newBuilder().setHost("a").setIP("1.2.3.4"))
                    .addValidExitCodes(0)
                    .addValidExitCodes(3))
            .addMounts(Mount.newBuilder().setDest("/"))
            .addMounts(
                mount("/c", MountType.CACHE).setCacheOpt(cache("/c", CacheSharingOpt.SHARED)))
            .addMounts(
                mount("/c2", MountType.CACHE).setCacheOpt(cache("foo", CacheSharingOpt.LOCKED)))
            .addMounts(
                mount("/s", MountType.SECRET)
                    .setSecretOpt(
                        SecretOpt.newBuilder().setID("s").setMode(0400).setOptional(true)));
    assertThat(OpDigests.exec(exec.build(), Platform.parse("linux/amd64")))
        .hasToString("sha256:2155c1d22fc8e8d53ce57905772495da9f14eeb206da879d7b3c28e2b6d71900");
  }
}
