package org.jbuildkit.engine.op;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class InputContentTest {
  @Test
  void aPathBelowAnotherSaysNothingNew() {
    assertThat(InputContent.withoutNested(List.of("/a/b", "/a", "/ab", "/a/b/c", "/d/e")))
        .containsExactly("/a", "/ab", "/d/e");
    assertThat(InputContent.withoutNested(List.of("/a", "/", "/b/c"))).containsExactly("/");
  }

  @Test
  void manyPathsAreLookedAtOnceEach() {
    var paths = new ArrayList<String>();
    for (int i = 0; i < 300_000; i++) {
      paths.add("/d/" + i);
    }
    assertThat(InputContent.withoutNested(paths)).hasSize(300_000);
  }
}
