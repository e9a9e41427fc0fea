package org.jbuildkit.linux;

/** How a path with several components is walked from a {@link Dir}. */
public enum Resolve {
  /** No symbolic link anywhere, nor {@code ..} out of the directory: any of them is an error. */
  NO_LINKS(0x08 | 0x04 | 0x02),
  /** Links are followed with the directory as root: no target leads out of it. */
  IN_ROOT(0x10 | 0x02);

  final int bits;

  Resolve(int bits) {
    this.bits = bits;
  }
}
