package org.jbuildkit.linux;

import org.jbuildkit.base.ByteName;

/** A name in a directory. */
public record DirEntry(ByteName name, FileKind kind) {}
