/**
 * File transfer between directory trees. Start with {@link org.jbuildkit.session.files.FileSender}
 * and {@link org.jbuildkit.session.files.FileReceiver}.
 *
 * <p>Invariants: paths are byte strings, relative, clean and in ascending order of their
 * components; nothing outside of the tree's root is ever reached; neither side holds file contents.
 */
@NullMarked
package org.jbuildkit.session.files;

import org.jspecify.annotations.NullMarked;
