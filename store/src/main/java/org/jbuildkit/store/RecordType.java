package org.jbuildkit.store;

import org.jbuildkit.base.BuildException;

/** What a tree is kept for; garbage collection treats the types differently. */
public enum RecordType {
  REGULAR("regular"),
  INTERNAL("internal"),
  FRONTEND("frontend"),
  LOCAL_SOURCE("source.local"),
  GIT_CHECKOUT("source.git.checkout"),
  CACHE_MOUNT("exec.cachemount");

  private final String text;

  RecordType(String text) {
    this.text = text;
  }

  /** The name on the wire. */
  public String text() {
    return text;
  }

  /** The type of this name; empty stands for {@link #REGULAR}. */
  public static RecordType parse(String text) {
    for (var type : values()) {
      if (type.text.equals(text)) {
        return type;
      }
    }
    if (text.isEmpty()) {
      return REGULAR;
    }
    throw BuildException.invalid("invalid record type " + text);
  }
}
