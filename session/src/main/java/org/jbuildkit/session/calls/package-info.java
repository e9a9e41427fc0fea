/**
 * What a daemon asks of a client over its session: files, results, blobs, secrets, logins, ssh
 * agents and one-shot data.
 */
@NullMarked
package org.jbuildkit.session.calls;

import org.jspecify.annotations.NullMarked;
