/**
 * How a daemon is set up: {@link org.jbuildkit.daemon.config.DaemonFlags} reads command line and
 * file, {@link org.jbuildkit.daemon.config.DaemonConfig} is what comes of it. Flags go before the
 * file, the file before defaults. Parsed once, here; nobody else sees flags or TOML. The library
 * tomlj reads the file.
 */
@NullMarked
package org.jbuildkit.daemon.config;

import org.jspecify.annotations.NullMarked;
