/**
 * What builds leave behind for those who ask later. Start with {@link
 * org.jbuildkit.engine.history.BuildHistory}: it records builds, tells of them and forgets them.
 *
 * <p>Invariants: a record's blobs are stored before the record, and go only when no record names
 * them and no build runs; so a daemon that dies in between leaves either all of a record or
 * nothing. A record's events are told in the order of its changes, each after it is committed.
 */
@NullMarked
package org.jbuildkit.engine.history;

import org.jspecify.annotations.NullMarked;
