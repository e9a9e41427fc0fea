package org.jbuildkit.engine.exec;

import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import org.jbuildkit.session.SessionRegistry;
import org.jbuildkit.store.RefStore;

/**
 * What running execs takes; all of it stays the caller's.
 *
 * @param scratch a folder of our own, for what only lasts as long as a step
 * @param devices what steps may ask for
 * @param emulation how programs of other machines are run
 * @param traceSocket where steps hand in their spans, if it exists
 */
public record ExecWorker(
    Executor executor,
    RefStore refs,
    CacheMounts caches,
    SessionRegistry sessions,
    Path scratch,
    LogLimits logLimits,
    Emulation emulation,
    Devices devices,
    Optional<Path> traceSocket,
    Clock clock) {}
