package org.jbuildkit.store;

import java.util.List;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.filter.FieldFilter;

/**
 * Chooses usage records by {@code id}, {@code parents}, {@code description} and {@code type}, and
 * by the marks {@code inuse}, {@code mutable}, {@code immutable}, {@code shared} and {@code
 * private}.
 */
public record UsageFilter(FieldFilter filter) {
  /** Chooses everything. */
  public static final UsageFilter ALL = new UsageFilter(FieldFilter.ALL);

  /**
   * Reads alternatives as {@link FieldFilter#parse} does.
   *
   * @throws BuildException that shows the place of a mistake
   */
  public static UsageFilter parse(List<String> alternatives) {
    return new UsageFilter(FieldFilter.parse(alternatives));
  }

  public boolean matches(UsageRecord record) {
    return filter.matches(path -> value(record, path.getFirst()));
  }

  /** The value of a field, empty text for a mark that is set; unknown fields are absent. */
  private static Optional<String> value(UsageRecord record, String field) {
    return switch (field) {
      case "id" -> Optional.of(record.id());
      case "parents" -> Optional.of(String.join(";", record.parents()));
      case "description" -> Optional.of(record.description());
      case "type" -> Optional.of(record.type().text());
      case "inuse" -> mark(record.isInUse());
      case "mutable" -> mark(record.isMutable());
      case "immutable" -> mark(!record.isMutable());
      // There is no image store to share records with.
      case "private" -> mark(true);
      default -> Optional.empty();
    };
  }

  private static Optional<String> mark(boolean isSet) {
    return isSet ? Optional.of("") : Optional.empty();
  }
}
