/**
 * Devices of the machine that steps can be given, as files in the format of the Container Device
 * Interface describe them: {@link org.jbuildkit.executor.device.DeviceRegistry} finds them, {@link
 * org.jbuildkit.executor.device.DeviceEdits} is what they change in a container.
 */
@NullMarked
package org.jbuildkit.executor.device;

import org.jspecify.annotations.NullMarked;
