/**
 * What outlives a build: blobs, file trees and the records that name them. Start with {@link
 * org.jbuildkit.store.RefStore} (file trees as chains of layers) and {@link
 * org.jbuildkit.store.ContentStore} (blobs by digest).
 *
 * <p>Invariants: bytes are complete before a row names them; a row is committed before anyone is
 * told; what no row names is removed at start. A tree with live handles or children is never
 * removed. One daemon alone opens a store.
 *
 * <p>sqlite-jdbc holds the rows: one file, transactional, kill-safe with its write-ahead log, and
 * readable with ordinary tools; pure-Java stores grew without bound under many small commits.
 */
@NullMarked
package org.jbuildkit.store;

import org.jspecify.annotations.NullMarked;
