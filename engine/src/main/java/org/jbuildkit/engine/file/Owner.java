package org.jbuildkit.engine.file;

/** Numeric owner of a new entry. */
public record Owner(int uid, int gid) {
  public static final Owner ROOT = new Owner(0, 0);
}
