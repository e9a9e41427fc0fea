package org.jbuildkit.engine.exec;

import org.jbuildkit.base.Json;

/**
 * What a process and those that it started used of the machine.
 *
 * @param resources as provenance documents tell it; empty where nothing was measured
 * @param ranOutOfMemory whether the kernel killed any of them for want of memory
 */
public record StepUsage(Json.Obj resources, boolean ranOutOfMemory) {}
