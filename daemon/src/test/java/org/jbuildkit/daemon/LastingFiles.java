package org.jbuildkit.daemon;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The files of a daemon that runs, but for those that it removes meanwhile. */
final class LastingFiles extends SimpleFileVisitor<Path> {
  private final Path root;
  private final Map<Path, String> texts = new LinkedHashMap<>();

  LastingFiles(Path root) {
    this.root = root;
  }

  /** What the regular files hold, byte by byte as characters. */
  Map<Path, String> texts() throws IOException {
    Files.walkFileTree(root, this);
    return texts;
  }

  @Override
  public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
    if (attributes.isRegularFile()) {
      try {
        texts.put(file, Files.readString(file, StandardCharsets.ISO_8859_1));
      } catch (NoSuchFileException _) {
        // The daemon needs it no more.
      }
    }
    return FileVisitResult.CONTINUE;
  }

  @Override
  public FileVisitResult visitFileFailed(Path file, IOException why) throws IOException {
    return unlessGone(why);
  }

  @Override
  public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException why)
      throws IOException {
    return unlessGone(why);
  }

  private static FileVisitResult unlessGone(@Nullable IOException why) throws IOException {
    if (why != null && !(why instanceof NoSuchFileException)) {
      throw why;
    }
    return FileVisitResult.CONTINUE;
  }
}
