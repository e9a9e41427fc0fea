package org.jbuildkit.engine.exec;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.CsvRecord;
import org.jbuildkit.protocol.pb.CDIDevice;

/**
 * Which devices a build may use.
 *
 * @param all whether any
 * @param names of devices, as the client gave them
 * @param aliases the devices that stand for names
 */
public record DeviceGrants(boolean all, Set<String> names, Map<String, String> aliases) {
  private static final String ENTITLEMENT = "device";

  public DeviceGrants {
    names = Set.copyOf(names);
    aliases = Map.copyOf(aliases);
  }

  /**
   * Reads {@code device}, {@code device=NAME} and {@code device=NAME,alias=OTHER}.
   *
   * @param entitlements others are passed over
   */
  public static DeviceGrants of(Collection<String> entitlements) {
    var names = new HashSet<String>();
    var aliases = new HashMap<String, String>();
    for (var entitlement : entitlements) {
      if (entitlement.startsWith(ENTITLEMENT + "=")) {
        read(entitlement.substring(ENTITLEMENT.length() + 1), names, aliases);
      }
    }
    return new DeviceGrants(entitlements.contains(ENTITLEMENT), names, aliases);
  }

  private static void read(String text, Set<String> names, Map<String, String> aliases) {
    List<String> fields;
    try {
      fields = CsvRecord.parse(text);
    } catch (IllegalArgumentException e) {
      throw BuildException.failed("failed to parse device entitlement " + text, e);
    }
    var name = fields.getFirst();
    if (name.isEmpty()) {
      throw BuildException.failed("device entitlement without a name: " + text);
    }
    if (fields.size() == 1) {
      names.add(name);
      return;
    }
    for (var field : fields.subList(1, fields.size())) {
      if (!field.startsWith("alias=")) {
        throw BuildException.failed("unknown device entitlement option: " + field);
      }
      aliases.put(field.substring("alias=".length()), name);
    }
  }

  /**
   * The full names of what a step gets.
   *
   * @throws BuildException {@code device X is requested by the build but not allowed}
   */
  public List<String> granted(List<CDIDevice> wanted, Devices devices) {
    var granted = new LinkedHashSet<String>();
    var others = new LinkedHashSet<String>();
    for (var device : wanted) {
      var alias = all ? null : aliases.get(device.getName());
      (alias == null ? others : granted)
          .addAll(devices.find(alias == null ? device.getName() : alias, device.getOptional()));
    }
    var forbidden = all ? List.<String>of() : forbidden(others, devices);
    if (forbidden.size() == 1) {
      throw BuildException.invalid(
          "device " + forbidden.getFirst() + " is requested by the build but not allowed");
    }
    if (!forbidden.isEmpty()) {
      throw BuildException.invalid(
          "devices "
              + String.join(", ", forbidden)
              + " are requested by the build but not allowed");
    }
    granted.addAll(others);
    return List.copyOf(granted);
  }

  private List<String> forbidden(Set<String> wanted, Devices devices) {
    if (wanted.isEmpty()) {
      return List.of();
    }
    var allowed = new HashSet<String>();
    names.forEach(name -> allowed.addAll(devices.find(name, false)));
    var forbidden = new ArrayList<>(wanted);
    forbidden.removeIf(name -> allowed.contains(name) || devices.isFree(name));
    return forbidden;
  }
}
