package org.jbuildkit.executor;

import java.nio.file.Path;
import java.util.Optional;
import org.jbuildkit.executor.device.DeviceRegistry;
import org.jbuildkit.executor.network.NetworkOptions;

/**
 * What the daemon's configuration says of running steps.
 *
 * @param folder absolute, of our own; made if it is missing
 * @param runtime name or path of the OCI runtime; empty for the first that is found
 * @param searchPath folders separated by colons
 * @param network what processes see that ask for none in particular
 * @param cgroupParent empty for our own
 * @param apparmorProfile of confined processes; empty for none
 * @param selinux whether processes and mounts get labels
 * @param devices that steps may ask for
 * @param traceSocket where processes hand in their spans, if it exists
 */
public record ExecutorOptions(
    Path folder,
    String runtime,
    String searchPath,
    NetworkOptions network,
    String cgroupParent,
    String apparmorProfile,
    boolean selinux,
    DeviceRegistry devices,
    DnsOptions dns,
    Optional<Path> traceSocket) {}
