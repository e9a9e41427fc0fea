package org.jbuildkit.engine.op;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jbuildkit.oci.Platform;
import org.jbuildkit.protocol.pb.CacheOpt;
import org.jbuildkit.protocol.pb.CacheSharingOpt;
import org.jbuildkit.protocol.pb.ExecOp;
import org.jbuildkit.protocol.pb.FileAction;
import org.jbuildkit.protocol.pb.FileActionCopy;
import org.jbuildkit.protocol.pb.FileActionMkDir;
import org.jbuildkit.protocol.pb.FileActionMkFile;
import org.jbuildkit.protocol.pb.FileActionRm;
import org.jbuildkit.protocol.pb.FileActionSymlink;
import org.jbuildkit.protocol.pb.FileOp;
import org.jbuildkit.protocol.pb.HostIP;
import org.jbuildkit.protocol.pb.Meta;
import org.jbuildkit.protocol.pb.Mount;
import org.junit.jupiter.api.Test;

/**
 * CVE-2024-24557: what was left out of cache keys let other people's results in. Every field that a
 * definition can state changes its op's digest, except those that are named here.
 */
class CacheIdentityTest {
  private static final Platform PLATFORM = Platform.parse("linux/amd64");

  private static ExecOp exec(Meta meta, Mount mount) {
    return ExecOp.newBuilder()
        .setMeta(meta)
        .addMounts(Mount.newBuilder().setDest("/"))
        .addMounts(mount)
        .build();
  }

  private static String digest(ExecOp exec) {
    return OpDigests.exec(exec, PLATFORM);
  }

  private static String file(FileAction.Builder action) {
    return OpDigests.file(
        FileOp.newBuilder()
            .addActions(action.setInput(0).setSecondaryInput(-1).setOutput(0))
            .build());
  }

  /** The same message with each of its fields changed in turn, by the field's name. */
  private static Map<String, Message> variants(Message message) {
    var changed = new LinkedHashMap<String, Message>();
    for (var field : message.getDescriptorForType().getFields()) {
      var builder = message.toBuilder();
      if (field.isRepeated()) {
        builder.addRepeatedField(field, other(message, field));
      } else {
        builder.setField(field, other(message, field));
      }
      changed.put(field.getName(), builder.build());
    }
    return changed;
  }

  private static Object other(Message message, FieldDescriptor field) {
    return switch (field.getJavaType()) {
      case STRING -> "another";
      case BOOLEAN -> !(field.isRepeated() || (boolean) message.getField(field));
      case INT -> 77;
      case LONG -> 77L;
      case BYTE_STRING -> ByteString.copyFromUtf8("another");
      case ENUM -> field.getEnumType().getValues().getLast();
      case MESSAGE -> filled(message, field);
      case FLOAT, DOUBLE -> throw new AssertionError(field.getFullName());
    };
  }

  private static Message filled(Message message, FieldDescriptor field) {
    var part = message.newBuilderForType().newBuilderForField(field);
    for (var inner : part.getDescriptorForType().getFields()) {
      if (inner.getJavaType() == FieldDescriptor.JavaType.STRING && !inner.isRepeated()) {
        part.setField(inner, "another");
      }
      if (inner.getJavaType() == FieldDescriptor.JavaType.INT && !inner.isRepeated()) {
        part.setField(inner, 77);
      }
    }
    return part.build();
  }

  private static Set<String> unkeyed(Message message, Function<Message, String> digest) {
    var before = digest.apply(message);
    var same = new TreeSet<String>();
    variants(message)
        .forEach((name, changed) -> {
          if (digest.apply(changed).equals(before)) {
            same.add(name);
          }
        });
    return same;
  }

  @Test
  void everythingOfAStepIsInItsKey() {
    var op = exec(Meta.newBuilder().addArgs("x").build(), Mount.newBuilder().setDest("/m").build());
    assertThat(unkeyed(op, changed -> digest((ExecOp) changed))).isEmpty();
  }

  /** Proxies are the daemon's surroundings. */
  @Test
  void everythingOfAStepsProcessIsInItsKeyButProxies() {
    var meta = Meta.newBuilder().addArgs("x").build();
    var mount = Mount.newBuilder().setDest("/m").build();
    assertThat(unkeyed(meta, changed -> digest(exec((Meta) changed, mount))))
        .containsExactly("proxy_env");
  }

  /** A selector is a part of the input's own key; so is the address of a host by name. */
  @Test
  void everythingOfAMountIsInItsKeyButItsSelector() {
    var meta = Meta.newBuilder().addArgs("x").build();
    var mount = Mount.newBuilder().setDest("/m").build();
    assertThat(unkeyed(mount, changed -> digest(exec(meta, (Mount) changed))))
        .containsExactly("selector");
    var own =
        mount.toBuilder()
            .setCacheOpt(CacheOpt.newBuilder().setID("/m").setSharing(CacheSharingOpt.SHARED))
            .build();
    assertThat(digest(exec(meta, own))).isNotEqualTo(digest(exec(meta, mount)));
    var host = HostIP.newBuilder().setHost("h").setIP("1.2.3.4").build();
    assertThat(
            unkeyed(
                host,
                changed ->
                    digest(exec(meta.toBuilder().addExtraHosts((HostIP) changed).build(), mount))))
        .containsExactly("IP");
  }

  @Test
  void anotherPlatformIsAnotherKey() {
    var op = exec(Meta.newBuilder().addArgs("x").build(), Mount.newBuilder().setDest("/m").build());
    for (var other : new String[] {"linux/arm64", "linux/amd64/v2", "windows/amd64"}) {
      assertThat(OpDigests.exec(op, Platform.parse(other))).isNotEqualTo(digest(op));
    }
  }

  @Test
  void everythingOfAFileActionIsInItsKey() {
    assertThat(
            unkeyed(
                FileActionCopy.newBuilder().setSrc("s").setDest("d").build(),
                changed -> file(FileAction.newBuilder().setCopy((FileActionCopy) changed))))
        .isEmpty();
    assertThat(
            unkeyed(
                FileActionMkFile.newBuilder().setPath("p").build(),
                changed -> file(FileAction.newBuilder().setMkfile((FileActionMkFile) changed))))
        .isEmpty();
    assertThat(
            unkeyed(
                FileActionMkDir.newBuilder().setPath("p").build(),
                changed -> file(FileAction.newBuilder().setMkdir((FileActionMkDir) changed))))
        .isEmpty();
    assertThat(
            unkeyed(
                FileActionRm.newBuilder().setPath("p").build(),
                changed -> file(FileAction.newBuilder().setRm((FileActionRm) changed))))
        .isEmpty();
    assertThat(
            unkeyed(
                FileActionSymlink.newBuilder().setOldpath("p").build(),
                changed -> file(FileAction.newBuilder().setSymlink((FileActionSymlink) changed))))
        .isEmpty();
  }

  @Test
  void theOrderOfActionsIsInTheKey() {
    var one = FileAction.newBuilder().setRm(FileActionRm.newBuilder().setPath("a"));
    var op = FileOp.newBuilder().addActions(one.setInput(0).setSecondaryInput(-1).setOutput(0));
    for (var name : new String[] {"input", "secondaryInput", "output"}) {
      var field = FileAction.getDescriptor().findFieldByName(name);
      var other = op.clone().setActions(0, op.getActions(0).toBuilder().setField(field, 3L));
      assertThat(OpDigests.file(other.build())).as(name).isNotEqualTo(OpDigests.file(op.build()));
    }
  }
}
