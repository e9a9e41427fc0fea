/**
 * What a daemon keeps: records of its cache and of builds, listed and removed. Start with {@link
 * org.jbuildkit.buildctl.records.DiskCommands}.
 */
@NullMarked
package org.jbuildkit.buildctl.records;

import org.jspecify.annotations.NullMarked;
