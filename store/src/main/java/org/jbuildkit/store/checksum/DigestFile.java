package org.jbuildkit.store.checksum;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;

/**
 * What is known of a tree's digests, kept beside the tree so that a daemon started later need not
 * read all files again. Only a hint: a file that is damaged, or of other content, is as good as
 * none.
 *
 * <p>Form: version, id of the content, whether it was transferred, then entries of kind, path and
 * hash up to an end mark, then the SHA-256 of all that.
 */
final class DigestFile {
  private static final int VERSION = 1;
  private static final int HASH = 32;
  private static final int MAX_PATH = 1 << 16;
  private static final byte END = 0;
  private static final byte ENTRY = 1;
  private static final byte CONTENT = 2;

  private final Path file;

  /**
   * @param folder the tree's notes
   */
  DigestFile(Path folder) {
    this.file = folder.resolve("digests");
  }

  /** Adds what is kept, all or nothing; whether there was anything. */
  boolean load(String contentId, TreeDigests digests) {
    if (!Files.exists(file)) {
      return false;
    }
    var read = new ArrayList<Kept>();
    var hash = sha256();
    try (var in =
        new DataInputStream(
            new DigestInputStream(
                new BufferedInputStream(Files.newInputStream(file), 1 << 16), hash))) {
      if (in.readInt() != VERSION
          || !in.readUTF().equals(contentId)
          || in.readBoolean() != digests.isTransferred()) {
        return false;
      }
      for (byte kind = in.readByte(); kind != END; kind = in.readByte()) {
        int length = in.readInt();
        if (length < 0 || length > MAX_PATH || kind > CONTENT || kind < END) {
          return false;
        }
        read.add(new Kept(kind == CONTENT, in.readNBytes(length), in.readNBytes(HASH)));
      }
      var expected = hash.digest();
      if (!Arrays.equals(expected, in.readNBytes(HASH))) {
        return false;
      }
    } catch (IOException damaged) {
      return false;
    }
    read.forEach(kept -> digests.restore(kept.isContent(), kept.path(), kept.hash()));
    return true;
  }

  private record Kept(boolean isContent, byte[] path, byte[] hash) {}

  void save(String contentId, TreeDigests digests) throws IOException {
    var part = file.resolveSibling("digests.part");
    var hash = sha256();
    try (var out =
        new DataOutputStream(
            new DigestOutputStream(
                new BufferedOutputStream(Files.newOutputStream(part), 1 << 16), hash))) {
      out.writeInt(VERSION);
      out.writeUTF(contentId);
      out.writeBoolean(digests.isTransferred());
      digests.forEach((isContent, path, value) -> {
        out.writeByte(isContent ? CONTENT : ENTRY);
        out.writeInt(path.length);
        out.write(path);
        out.write(value);
      });
      out.writeByte(END);
      out.write(hash.digest());
    }
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Before the tree changes; not even a loss of power brings the file back. */
  void delete() throws IOException {
    if (Files.deleteIfExists(file)) {
      try (var folder = FileChannel.open(file.getParent(), StandardOpenOption.READ)) {
        folder.force(true);
      }
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
