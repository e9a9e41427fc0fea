package org.jbuildkit.dockerfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ways to write RUN: {@code ¶} stands for a line end, {@code →} for a tab. */
class RunFormsTest {
  private static String lines(String text) {
    return text.replace('¶', '\n').replace('→', '\t');
  }

  private static LlbOf run(String text) throws InterruptedException {
    return LlbOf.file("FROM busybox\n" + lines(text) + "\n", Map.of());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "RUN a \\¶  b|a   b|RUN a   b",
        "RUN a\\¶b|ab|RUN ab",
        "RUN a \\  →¶ b|a  b|RUN a  b",
        "RUN \\¶\\¶ a|a|RUN  a",
        "RUN a \\¶# c¶  # d¶ b # e|a  b # e|RUN a  b # e",
        "RUN a \\¶¶¶ b|a  b|RUN a  b",
        "R\\¶UN a|a|RUN a",
        "  RUN   a   b  |a   b|RUN   a   b",
        "RUN→a→b|a→b|RUN→A→B",
        "RUN <<EOF¶a\\¶b¶$X¶EOF|a\\¶b¶$X¶|RUN <<EOF (a...)",
        "ENV V=1¶RUN <<EOF¶echo $V \\$V \"q\"¶EOF|echo $V \\$V \"q\"¶|RUN <<EOF (echo 1 $V \"q\")",
        "RUN << EOF¶a¶EOF|a¶|RUN << EOF (a)",
        "RUN <<-EOF¶→a¶→→b¶→EOF|a¶b¶|RUN <<-EOF (a...)",
        "RUN <<-EOF cat¶→a¶→EOF|<<-EOF cat¶→a¶EOF|RUN <<-EOF cat",
        "RUN <<EOF cat¶a¶EOF|<<EOF cat¶a¶EOF|RUN <<EOF cat",
        "RUN 3<<EOF¶a¶EOF|a¶|RUN 3<<EOF (a)",
        "RUN <<'E F'¶a¶E F|a¶|RUN <<'E F' (a)",
        "RUN <<\\EOF¶$a¶EOF|$a¶|RUN <<EOF ($a)",
        "RUN cat <<A \\¶ && cat <<B¶x¶A¶y¶B|cat <<A  && cat <<B¶x¶A¶y¶B|RUN cat <<A  && cat <<B",
        "RUN <<EOF¶¶#!/bin/bash¶EOF|¶#!/bin/bash¶|RUN <<EOF (#!/bin/bash)",
        "RUN echo '<<EOF'|echo '<<EOF'|RUN echo '<<EOF'",
        "RUN echo a <<<b|echo a <<<b|RUN echo a <<<b",
        "RUN <<''|<<''|RUN <<''",
        "RUN ['a']|['a']|RUN ['a']",
        "RUN [\"a\"]b|[\"a\"]b|RUN [\"a\"]b",
        "RUN {\"a\":1}|{\"a\":1}|RUN {\"a\":1}",
        "RUN -- a -- b|a -- b|RUN -- a -- b",
        "RUN --net\"work\"=none a|a|RUN --net\"work\"=none a",
        "RUN||RUN",
        "ENV V=1 H=/h¶RUN echo $V ${H} \\$V 'q $V' \"d $V\" $UN|echo $V ${H} \\$V 'q $V' \"d $V\""
            + " $UN|RUN echo 1 /h $V 'q $V' \"d 1\" $UN",
        "RUN echo ${B:-x}|echo ${B:-x}|RUN echo ${B:-x}",
        "run --mount=type=secret,id=a,env=SEC echo $SEC|echo $SEC|RUN"
            + " --mount=type=secret,id=a,env=SEC echo ****",
      })
  void textsBecomeTheShellsTextAndTheStepsName(String row) throws InterruptedException {
    var parts = row.split("\\|", -1);
    var llb = run(parts[0]);
    assertThat(llb.exec().getMeta().getArgsList())
        .containsExactly("/bin/sh", "-c", lines(parts[1]));
    assertThat(LlbOf.name(llb.lastExec()).replaceFirst("^\\[[^]]*] ", ""))
        .isEqualTo(lines(parts[2]));
  }

  @Test
  void listsAreArgumentsAsTheyStand() throws InterruptedException {
    var llb = run("RUN [ \"a\" , \"b\" ] ");
    assertThat(llb.exec().getMeta().getArgsList()).containsExactly("a", "b");
    assertThat(LlbOf.name(llb.lastExec())).endsWith("RUN [ \"a\" , \"b\" ]");
    var variable = run("ENV V=1¶RUN [\"echo\", \"$V\"]");
    assertThat(variable.exec().getMeta().getArgsList()).containsExactly("echo", "$V");
    assertThat(LlbOf.name(variable.lastExec())).endsWith("RUN [\"echo\", \"1\"]");
  }

  @Test
  void scriptsAreMountedAndRun() throws InterruptedException {
    var llb = run("RUN <<EOF¶#!/bin/bash¶a¶EOF");
    assertThat(llb.exec().getMeta().getArgsList())
        .containsExactly("/bin/sh", "-c", "/dev/pipes/EOF");
    var mount = llb.exec().getMounts(1);
    assertThat(mount.getDest()).isEqualTo("/dev/pipes/");
    assertThat(mount.getSelector()).isEqualTo("/");
    assertThat(mount.getReadonly()).isTrue();
    assertThat(llb.names().getLast()).endsWith("RUN <<EOF (#!/bin/bash...)");
    assertThat(llb.actions().getFirst().getMkfile().getMode()).isEqualTo(0755);
  }

  @Test
  void documentsKeepTheLineEndsOfTheFile() throws InterruptedException {
    var llb = LlbOf.file("FROM busybox\r\nRUN <<EOF\r\na\r\nb\r\nEOF\r\n", Map.of());
    assertThat(llb.exec().getMeta().getArgs(2)).isEqualTo("a\r\nb\r\n");
  }

  @Test
  void escapeCanBeABacktick() throws InterruptedException {
    var llb = LlbOf.file("# escape=`\nFROM busybox\nRUN a``\nRUN b `\n c\n", Map.of());
    assertThat(llb.exec().getMeta().getArgs(2)).isEqualTo("b  c");
    assertThat(llb.ops().get(llb.ops().size() - 2).getExec().getMeta().getArgs(2)).isEqualTo("a``");
  }

  @Test
  void flagsAreReadByteByByte() throws InterruptedException {
    assertThat(run("RUN --mount=type=tmpfs,target=/é a").exec().getMounts(1).getDest())
        .isEqualTo("/Ã©");
    var open = run("RUN --mount=type=tmpfs,target=/a\"b true");
    assertThat(open.exec().getMounts(1).getDest()).isEqualTo("/ab true");
    var joined = run("RUN \\¶--mount=type=tmpfs,\\¶target=/x \\¶ a");
    assertThat(joined.exec().getMounts(1).getDest()).isEqualTo("/x");
    assertThat(LlbOf.name(joined.lastExec())).endsWith("RUN --mount=type=tmpfs,target=/x  a");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "RUN a \\\\¶b|dockerfile parse error on line 3: unknown instruction: b",
        "RUN cat<<EOF¶EOF|dockerfile parse error on line 3: unknown instruction: EOF (did you mean"
            + " ENV?)",
        "RUN echo $(( 1 << 2 ))|unterminated heredoc",
        "RUN <<EOF¶a|unterminated heredoc",
        "RUN <<EOF¶a¶EOF |unterminated heredoc",
        "RUN [null]|when using JSON array syntax, arrays must be comprised of strings only",
        "RUN [[\"a\"]]|when using JSON array syntax, arrays must be comprised of strings only",
        "RUN [1]|when using JSON array syntax, arrays must be comprised of strings only",
      })
  void mistakesAreTold(String row) {
    var parts = row.split("\\|", -1);
    assertThatThrownBy(() -> run(parts[0])).hasMessage(parts[1]);
  }

  @Test
  void documentsOfCopyAreFiles() throws InterruptedException {
    var llb =
        LlbOf.file(
            lines(
                "FROM scratch¶COPY <<\"E\" <<F <<-G /x/¶$PATH¶E¶\\$x \\n $un \"q\" 'r'¶F¶→→a¶ →b¶G¶"),
            Map.of());
    var files = llb.ops().stream().filter(op -> op.getFile().getActions(0).hasMkfile()).toList();
    assertThat(files)
        .extracting(op -> op.getFile().getActions(0).getMkfile().getData().toStringUtf8())
        .containsExactly("$PATH\n", "$x n  \"q\" 'r'\n", "a\n \tb\n");
    assertThat(llb.names().getLast()).endsWith("COPY <<E <<F <<-G /x/");
    var spaced = LlbOf.file(lines("FROM scratch¶COPY << EOF /x¶a¶EOF¶"), Map.of());
    assertThat(spaced.actions())
        .extracting(action -> action.getCopy().getSrc())
        .containsExactly("/<<", "/EOF");
    var list = LlbOf.file("FROM scratch\nCOPY [\"<<E\",\"/x\"]\n", Map.of());
    assertThat(list.actions().getFirst().getCopy().getSrc()).isEqualTo("/E");
  }
}
