package org.jbuildkit.systemtests;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The arrows between rooms; ARCHITECTURE.md has the same list in prose. */
final class RoomsTest {
  /** What each room may use directly; what those may use, it may use too. */
  private static final Map<String, Set<String>> ARROWS =
      Map.ofEntries(
          Map.entry("base", Set.of()),
          Map.entry("protocol", Set.of("base")),
          Map.entry("linux", Set.of("base")),
          Map.entry("oci", Set.of("linux")),
          Map.entry("llb", Set.of("protocol", "oci")),
          Map.entry("session", Set.of("protocol", "oci")),
          Map.entry("client", Set.of("llb", "session", "cli")),
          Map.entry("dockerfile", Set.of("llb")),
          Map.entry("frontend", Set.of("dockerfile", "session")),
          Map.entry("solver", Set.of("base")),
          Map.entry("store", Set.of("oci")),
          Map.entry("engine", Set.of("solver", "store", "llb", "session")),
          Map.entry("executor", Set.of("engine")),
          Map.entry("sources", Set.of("engine")),
          Map.entry("exporters", Set.of("engine")),
          Map.entry(
              "daemon", Set.of("engine", "executor", "sources", "exporters", "dockerfile", "cli")),
          Map.entry("cli", Set.of("base")),
          Map.entry("buildctl", Set.of("cli", "client")),
          Map.entry("buildx", Set.of("cli", "client")));

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(location -> !location.contains("/test-classes/"))
          .importPackages("org.jbuildkit");

  static Set<String> rooms() {
    return new TreeSet<>(ARROWS.keySet());
  }

  @ParameterizedTest
  @MethodSource("rooms")
  void aRoomUsesOnlyTheRoomsItMayKnow(String room) {
    var forbidden = new TreeSet<>(ARROWS.keySet());
    forbidden.removeAll(reachable(room));
    var packages = forbidden.stream().map(name -> "org.jbuildkit." + name + "..").toList();
    if (packages.isEmpty()) {
      return;
    }
    noClasses()
        .that()
        .resideInAPackage("org.jbuildkit." + room + "..")
        .should()
        .dependOnClassesThat(resideInAnyPackage(packages.toArray(String[]::new)))
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  @Test
  void everyClassBelongsToAKnownRoom() {
    var strangers = new ArrayList<String>();
    for (JavaClass type : CLASSES) {
      String room = type.getPackageName().split("\\.", -1)[2];
      if (!ARROWS.containsKey(room)) {
        strangers.add(type.getName());
      }
    }
    assertThat(CLASSES).isNotEmpty();
    assertThat(strangers).isEmpty();
  }

  @Test
  void onlyLinuxMakesForeignCalls() {
    noClasses()
        .that()
        .resideOutsideOfPackage("org.jbuildkit.linux..")
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.lang.foreign.Linker")
        .check(CLASSES);
  }

  @Test
  void aClientKnowsNothingOfDaemons() {
    assertThat(reachable("buildctl"))
        .doesNotContainAnyElementsOf(List.of("daemon", "engine", "store", "solver", "dockerfile"));
  }

  private static Set<String> reachable(String room) {
    var seen = new HashSet<String>();
    var open = new ArrayList<>(List.of(room));
    while (!open.isEmpty()) {
      String next = open.removeLast();
      if (seen.add(next)) {
        open.addAll(ARROWS.getOrDefault(next, Set.of()));
      }
    }
    return seen;
  }
}
