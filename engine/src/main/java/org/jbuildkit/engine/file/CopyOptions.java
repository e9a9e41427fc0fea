package org.jbuildkit.engine.file;

import java.util.List;
import java.util.Optional;
import org.jbuildkit.linux.Timestamp;

/**
 * How entries are copied.
 *
 * @param owner of everything copied or made; without one copies keep theirs
 * @param mode for everything but links, or -1
 * @param modeExpression evaluated against each source mode
 * @param time of everything copied; without one copies keep theirs
 */
public record CopyOptions(
    Optional<Owner> owner,
    int mode,
    Optional<ModeExpression> modeExpression,
    Optional<Timestamp> time,
    boolean followLinks,
    boolean copiesContents,
    boolean unpacks,
    boolean createsParents,
    boolean replacesAlways,
    List<String> include,
    List<String> exclude) {
  public CopyOptions {
    include = List.copyOf(include);
    exclude = List.copyOf(exclude);
  }
}
