package org.jbuildkit.engine.exec;

import java.util.List;
import org.jbuildkit.base.BuildException;

/** The devices of the machine that steps may ask for, by names {@code VENDOR/CLASS=NAME}. */
public interface Devices {
  /** There are none. */
  Devices NONE =
      new Devices() {
        @Override
        public List<String> find(String wanted, boolean optional) {
          if (optional) {
            return List.of();
          }
          throw BuildException.failed("required device \"%s\" is not registered".formatted(wanted));
        }

        @Override
        public boolean isFree(String name) {
          return false;
        }
      };

  /**
   * The full names of the devices that are meant: a device, {@code VENDOR/CLASS} for the first of a
   * kind, {@code VENDOR/CLASS=*} for all of it, or the class that devices say they are of.
   *
   * @return nothing for optional devices that are not there
   * @throws BuildException {@code required device "X" is not registered}, {@code invalid device
   *     "X"}
   */
  List<String> find(String wanted, boolean optional);

  /** Whether a device, given by its full name, may be used by any build. */
  boolean isFree(String name);
}
