package org.jbuildkit.engine.exec;

import java.util.ArrayList;
import java.util.List;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.protocol.pb.HostIP;
import org.jbuildkit.protocol.pb.NetMode;
import org.jbuildkit.protocol.pb.SecurityMode;

/** What messages say of the walls around a process; what they don't say clearly is refused. */
final class Confinement {
  private Confinement() {}

  static ContainerProcess.Network network(NetMode mode) {
    return switch (mode) {
      case UNSET -> ContainerProcess.Network.DEFAULT;
      case HOST -> ContainerProcess.Network.HOST;
      case NONE -> ContainerProcess.Network.NONE;
      case UNRECOGNIZED -> throw BuildException.invalid("unknown network mode " + mode);
    };
  }

  static ContainerProcess.Security security(SecurityMode mode) {
    return switch (mode) {
      case SANDBOX -> ContainerProcess.Security.SANDBOX;
      case INSECURE -> ContainerProcess.Security.INSECURE;
      case UNRECOGNIZED -> throw BuildException.invalid("invalid security mode " + mode);
    };
  }

  static List<ContainerProcess.HostEntry> hosts(List<HostIP> wanted) {
    var hosts = new ArrayList<ContainerProcess.HostEntry>();
    for (var host : wanted) {
      if (!IpText.isAddress(host.getIP())) {
        throw BuildException.invalid("failed to parse IP " + host.getIP());
      }
      hosts.add(new ContainerProcess.HostEntry(host.getIP(), host.getHost()));
    }
    return hosts;
  }
}
