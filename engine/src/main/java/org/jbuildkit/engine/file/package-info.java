/**
 * What file ops do to trees: {@link org.jbuildkit.engine.file.FileChanges} makes, links and removes
 * entries, {@link org.jbuildkit.engine.file.TreeCopy} copies them. All paths are resolved inside
 * their root and reached by descriptor.
 */
@NullMarked
package org.jbuildkit.engine.file;

import org.jspecify.annotations.NullMarked;
