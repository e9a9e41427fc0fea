/** The daemon's log: lines of {@code time="…" level=… msg="…"} on standard error, as BuildKit's. */
@NullMarked
package org.jbuildkit.daemon.log;

import org.jspecify.annotations.NullMarked;
