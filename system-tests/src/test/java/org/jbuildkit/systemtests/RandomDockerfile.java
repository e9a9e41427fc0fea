package org.jbuildkit.systemtests;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/** A Dockerfile made by chance, the same for the same seed. */
final class RandomDockerfile {
  private static final List<String> MOUNTS = List.of("bind", "cache", "tmpfs", "secret", "ssh");
  private static final List<String> STAGES = List.of("s0", "s1", "S2", "stage-1");

  private final RandomWords words;
  private final char escape;
  private final String registry;
  private final List<String> stages = new ArrayList<>();

  private RandomDockerfile(long seed, String registry) {
    var random = new Random(seed);
    this.escape = random.nextInt(12) == 0 ? '`' : '\\';
    this.words = new RandomWords(random, escape);
    this.registry = registry;
  }

  /**
   * @param registry where the images are
   */
  static ConversionAnswers.Question of(long seed, String registry) {
    var file = new RandomDockerfile(seed, registry);
    return new ConversionAnswers.Question(file.text(), file.options());
  }

  private Map<String, String> options() {
    var options = new LinkedHashMap<String, String>();
    while (words.chance(35)) {
      switch (words.number(9)) {
        case 0, 1, 2 -> options.put("build-arg:" + words.name(), words.one("x foo /a/b a.b.c"));
        case 3 -> options.put("platform", words.one("linux/arm64 linux/amd64 linux/arm/v7"));
        case 4 -> options.put("no-cache", words.one(STAGES));
        case 5 -> options.put("label:l", words.one("1 two"));
        case 6 -> options.put("force-network-mode", "none");
        case 7 -> options.put("multi-platform", "true");
        default -> options.put("build-arg:SOURCE_DATE_EPOCH", "1700000000");
      }
    }
    return options;
  }

  private String text() {
    var text = new StringBuilder();
    if (escape == '`') {
      text.append("# escape=`\n");
    }
    while (words.chance(30)) {
      text.append("ARG ").append(argument()).append('\n');
    }
    for (int i = words.number(3); i >= 0; i--) {
      text.append(from()).append('\n');
      for (int n = words.number(9); n >= 0; n--) {
        text.append(line()).append('\n');
      }
    }
    return words.chance(3) ? text.toString().replace("\n", "\r\n") : text.toString();
  }

  private String from() {
    var base =
        switch (words.number(8)) {
          case 0, 1 -> "scratch";
          case 2 -> registry + "/triggers";
          case 3 -> stages.isEmpty() ? "scratch" : words.one(stages);
          default -> registry + "/base";
        };
    var from = "FROM ";
    if (words.chance(20)) {
      from += "--platform=" + words.one("linux/amd64 $BUILDPLATFORM $TARGETPLATFORM linux/arm64 ");
      from = from.strip() + " ";
    }
    from += base;
    if (words.chance(60)) {
      var name = words.one(STAGES);
      stages.add(name);
      from += words.one(List.of(" AS ", " as ")) + name;
    }
    return from;
  }

  /** An instruction as it is written: continued, with comments, in either case. */
  private String line() {
    var line = instruction();
    if (words.chance(6)) {
      line = "# " + words.words(3) + "\n" + line;
    }
    int blank = line.lastIndexOf(' ');
    if (words.chance(10) && blank > 0 && !line.contains("<<")) {
      var between = words.one(List.of("", "", "# comment\n", "\n", "  \n", "  # in\n"));
      var end = words.chance(20) ? "  " : "";
      line = line.substring(0, blank) + " " + escape + end + "\n" + between + line.substring(blank);
    }
    if (words.chance(5)) {
      int end = line.indexOf(' ');
      line = line.substring(0, Math.max(end, 0)).toLowerCase(Locale.ROOT) + line.substring(Math.max(end, 0));
    }
    return words.chance(4) ? "  " + line : line;
  }

  private String instruction() {
    return switch (words.number(24)) {
      case 0, 1 -> "ARG " + argument();
      case 2, 3 -> "ENV " + pairs();
      case 4 -> "LABEL " + pairs();
      case 5, 6, 7, 8 -> run();
      case 9, 10, 11, 12, 13 -> copy();
      case 14 -> "WORKDIR " + words.path();
      case 15 -> "USER " + words.one("root 0 1:1 u:g " + words.name());
      case 16 -> "EXPOSE " + words.one("80 80/udp 90-92/tcp ${B:-8} 8080 443 81 81/TCP 1:2 " + words.one("$A 70000 x 9 9"));
      case 17 -> "VOLUME " + (words.chance(50) ? words.json(2) : words.path());
      case 18 -> "STOPSIGNAL " + words.one("SIGINT 9 KILL RTMIN+3 " + words.one("$A nope 15 1"));
      case 19 -> healthcheck();
      case 20 -> "SHELL " + words.json(3);
      case 21 -> words.one("CMD ENTRYPOINT") + " " + command();
      case 22 -> "ONBUILD " + (words.chance(97) ? instruction() : "FROM scratch");
      default -> words.chance(8) ? words.one("FOO COPYY MAINTAINER RUNX") + " x" : run();
    };
  }

  private String argument() {
    var name = words.name();
    var argument = words.chance(30) ? name : name + "=" + words.word();
    return words.chance(12) ? argument + " " + argument() : argument;
  }

  private String pairs() {
    if (words.chance(15)) {
      return words.name() + " " + words.words(3);
    }
    var pairs = new ArrayList<String>();
    for (int i = words.number(3); i >= 0; i--) {
      var name = words.chance(15) ? words.word() : words.name();
      pairs.add(name + "=" + (words.chance(90) ? words.word() : ""));
    }
    return String.join(words.chance(85) ? " " : "  ", pairs);
  }

  private String command() {
    return words.chance(40) ? words.json(3) : words.words(4);
  }

  private String healthcheck() {
    if (words.chance(20)) {
      return "HEALTHCHECK NONE" + (words.chance(4) ? " x" : "");
    }
    var flags = new StringBuilder();
    while (words.chance(50)) {
      var flag =
          words.chance(92)
              ? words.one(
                  "--interval=5s --timeout=1m30s --retries=3 --start-period=0s --start-interval=2s")
              : words.one("--interval=x --retries=0 --interval=1us --retries=-1");
      if (!flags.toString().contains(flag.split("=", 2)[0])) {
        flags.append(flag).append(' ');
      }
    }
    return "HEALTHCHECK " + flags + "CMD " + command();
  }

  private String run() {
    var flags = new StringBuilder();
    while (words.chance(30)) {
      flags.append("--mount=").append(mount()).append(' ');
    }
    if (words.chance(8)) {
      flags.append("--network=").append((words.chance(90) ? "none" : words.one("default other"))).append(' ');
    }
    return switch (words.number(6)) {
      case 0 -> "RUN " + flags + heredoc("");
      case 1 -> "RUN " + flags + heredoc("cat ");
      case 2 -> "RUN " + flags + words.json(4);
      default -> "RUN " + flags + words.words(5);
    };
  }

  private String mount() {
    var type = words.one(MOUNTS);
    var parts = new ArrayList<String>();
    if (!type.equals("bind") || words.chance(50)) {
      parts.add("type=" + type);
    }
    if (words.chance(90)) {
      parts.add(words.one("target dst destination") + "=" + words.one("/m /m/ m ./n ../o / $A /p//q /run/x"));
    }
    while (words.chance(40)) {
      parts.add(
          switch (words.number(10)) {
            case 0 -> "from=" + origin();
            case 1 -> words.one("source src") + "=" + words.one("a /b ../c . $A");
            case 2 -> words.one("ro rw readonly readonly=false rw=true ro=x");
            case 3 -> words.one("uid=1 gid=2 mode=0700 mode=9 uid=$A");
            case 4 -> words.one("sharing=locked sharing=private sharing=shared sharing=no");
            case 5 -> "id=" + words.one("i a/b $A");
            case 6 -> words.one("required required=false required=true required=maybe");
            case 7 -> words.one("env=V env=A size=1m size=x");
            case 8 -> words.one("foo=bar foo");
            default -> "mode=755";
          });
    }
    return String.join(",", parts);
  }

  private String copy() {
    boolean isAdd = words.chance(35);
    var flags = new StringBuilder();
    while (words.chance(35)) {
      var flag = copyFlag(isAdd);
      if (!flags.toString().contains(flag.split("=", 2)[0]) || words.chance(3)) {
        flags.append(flag).append(' ');
      }
    }
    var instruction = (isAdd ? "ADD " : "COPY ") + flags;
    if (words.chance(12)) {
      return instruction + heredoc("").replaceFirst("\n", words.one(List.of(" /h\n", " ./\n", " h\n", " \\$A\n")));
    }
    if (words.chance(12)) {
      return instruction + words.json(3);
    }
    var sources = words.paths(3);
    if (isAdd && words.chance(25)) {
      sources.add(
          words.one(
              "https://h.invalid/a/b.txt http://h.invalid/ https://h.invalid/r.git#m:d"
                  + " https://h.invalid/x?y=z git://h.invalid/r"));
    }
    return instruction + String.join(" ", sources) + " " + words.one("/t /t/ . ./ u $A v/ /");
  }

  private String copyFlag(boolean isAdd) {
    return switch (words.number(9)) {
      case 0 -> "--chown=" + words.one("1 1:2 u u:g root:0 $A 1:");
      case 1 -> "--chmod=" + words.one("755 0644 u+x $A 9 u=rwX,go=rX");
      case 2 -> words.one("--link --link=false --link=true --link=x");
      case 3 -> "--exclude=" + words.one("*.md a/** !b $A");
      case 4, 5, 6 ->
          isAdd
              ? words.one(
                  "--checksum=sha256:24454f830cdb571e2c4ad15481119c43b3cafd48dd869a9b2945d1036d1dc68d"
                      + " --keep-git-dir --keep-git-dir=true --unpack --unpack=false --checksum=x")
              : "--from=" + (words.chance(70) ? origin() : words.one("0 0 1 7 s2 $A"));
      default -> words.chance(6) ? "--nope" : "--link";
    };
  }

  private String origin() {
    return stages.size() > 1 && words.chance(70)
        ? words.one(stages.subList(0, stages.size() - 1))
        : words.one("scratch " + registry + "/base");
  }

  /** Documents behind what is before them. */
  private String heredoc(String before) {
    var end = words.one("EOF E1 x.txt");
    var marker = words.one(List.of("", "-")) + words.one(List.of(end, "\"" + end + "\"", "'" + end + "'"));
    var body = new StringBuilder();
    for (int i = words.number(4); i > 0; i--) {
      body.append(words.one(List.of("", "\t", "  "))).append(words.words(3)).append('\n');
    }
    var shebang = words.chance(15) ? "#!/bin/x -y\n" : "";
    return before + "<<" + marker + "\n" + shebang + body + end;
  }
}
