package org.jbuildkit.cli;

import java.io.PrintStream;
import java.util.List;

/** What shells ask for to complete command lines. */
final class Completion {
  /** The last argument of a command line whose continuations are asked for. */
  static final String QUESTION = "--generate-shell-completion";

  private static final String BASH =
      """
      _%1$s_complete() {
        local cur="${COMP_WORDS[COMP_CWORD]}" words=("${COMP_WORDS[@]:0:COMP_CWORD}")
        case $cur in -*) words+=("$cur") ;; esac
        COMPREPLY=($(compgen -W "$("${words[@]}" --generate-shell-completion 2>/dev/null)" -- "$cur"))
      }
      complete -o bashdefault -o default -F _%1$s_complete %1$s
      """;
  private static final String ZSH =
      """
      #compdef %1$s
      _%1$s() {
        local -a options
        local current=${words[CURRENT]} line=("${(@)words[1,CURRENT-1]}")
        [[ $current == -* ]] && line+=("$current")
        options=("${(@f)$("${line[@]}" --generate-shell-completion 2>/dev/null)}")
        compadd -a options || _files
      }
      compdef _%1$s %1$s
      """;
  private static final String FISH =
      """
      function __%1$s_complete
        set -l line (commandline -opc)
        set -l current (commandline -ct)
        string match -q -- '-*' $current; and set -a line $current
        $line --generate-shell-completion 2>/dev/null
      end
      complete -c %1$s -a '(__%1$s_complete)'
      """;
  private static final String POWERSHELL =
      """
      Register-ArgumentCompleter -Native -CommandName %1$s -ScriptBlock {
        param($word, $ast, $position)
        $line = @($ast.CommandElements | ForEach-Object { "$_" } | Where-Object { $_ -ne $word })
        if ($word -like '-*') { $line += $word }
        $rest = @($line | Select-Object -Skip 1) + '--generate-shell-completion'
        & $line[0] @rest 2>$null | Where-Object { $_ -like "$word*" }
      }
      """;

  private Completion() {}

  /** The command that prints the script for a shell. */
  static Command command(String program, PrintStream out) {
    return Command.hidden("print a script with which a shell completes command lines", "completion")
        .action(invocation -> {
          var shell = invocation.arguments().stream().findFirst().orElse("");
          var script =
              switch (shell) {
                case "bash" -> BASH;
                case "zsh" -> ZSH;
                case "fish" -> FISH;
                case "pwsh" -> POWERSHELL;
                case "" ->
                    throw new UsageException(
                        "no shell provided for completion command. available shells are [bash zsh"
                            + " fish pwsh]");
                default ->
                    throw new UsageException(
                        "unknown shell " + shell + ", available shells are [bash zsh fish pwsh]");
              };
          out.print(script.formatted(program));
          return 0;
        });
  }

  /** Prints what may follow: flags where one was begun, else commands. */
  static void print(Command root, List<String> words, PrintStream out) {
    var command = root;
    for (var word : words) {
      command = command.command(word).orElse(command);
    }
    if (!words.isEmpty() && words.getLast().startsWith("-")) {
      for (var flag : command.visibleFlags()) {
        out.println("--" + flag.name());
      }
      out.println("--help");
      return;
    }
    command.visibleCommands().forEach(sub -> out.println(sub.name()));
    if (!command.visibleCommands().isEmpty()) {
      out.println("help");
    }
  }
}
