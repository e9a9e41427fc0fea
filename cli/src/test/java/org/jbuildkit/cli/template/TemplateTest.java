package org.jbuildkit.cli.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TemplateTest {
  private static final Value DATA =
      Value.Struct.of("*client.UsageInfo")
          .field("ID", "id", Value.of("abc"))
          .field("Size", "size", Value.of(4096))
          .field("InUse", "inUse", Value.of(false))
          .field("Parents", "parents", Value.ofTexts(List.of("p", "q")))
          .field("None", "none", Value.ofTexts(List.of()))
          .field("Labels", "labels", Value.ofMap(Map.of("b", "2", "a", "1")))
          .field("At", "at", Value.of(Instant.parse("2024-02-08T21:28:03.120Z")))
          .field("Last", "last", Value.of(Optional.empty()))
          .field("Keep", "keep", new Value.Period(172_800_000_000_000L))
          .optional("Text", "text", Value.of(""))
          .field("Html", "html", Value.of("<a&\"b'>"))
          .field("Ratio", "ratio", new Value.Decimal(1_500_000))
          .field(
              "Any",
              "any",
              new Value.Dict(
                  "map[string]interface {}",
                  new TreeMap<>(Map.of("x", Value.nil(), "y", Value.of(1)))))
          .build();

  private static String run(String text) {
    return Template.parse("", text, Template.json()).execute(DATA);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      ignoreLeadingAndTrailingWhitespace = false,
      textBlock =
          """
          plain text~plain text
          {{.ID}} {{.Size}} {{.InUse}}~abc 4096 false
          {{ .ID -}}   x~abcx
          a {{- .ID }}~aabc
          {{/* note */}}b~b
          a {{- /* note */ -}} b~ab
          {{.Parents}} {{.Labels}} {{.At}} {{.Last}} {{.Keep}}~[p q] map[a:1 b:2] 2024-02-08 21:28:03.12 +0000 UTC <nil> 48h0m0s
          {{.Labels.a}}{{.Labels.zz}}{{index .Labels `zz`}}~1<no value>
          {{.Any.x}} {{.Any.z}} {{.Any.y}}~<no value> <no value> 1
          {{range .Parents}}[{{.}}]{{end}}~[p][q]
          {{range $i, $p := .Parents}}{{$i}}={{$p}},{{end}}~0=p,1=q,
          {{range $p := .Parents}}{{$p}}{{$.ID}}{{end}}~pabcqabc
          {{range $k, $v := .Labels}}{{$k}}{{$v}}{{end}}~a1b2
          {{range .None}}x{{else}}none{{end}}~none
          {{range .Parents}}{{if eq . `q`}}{{break}}{{end}}{{.}}{{end}}~p
          {{range .Parents}}{{if eq . `p`}}{{continue}}{{end}}{{.}}{{end}}~q
          {{range 3}}{{.}}{{end}}~012
          {{if .InUse}}a{{else if .Size}}b{{else}}c{{end}}~b
          {{if and .Size .ID}}y{{end}}{{if or .InUse .None}}n{{end}}{{not .InUse}}~ytrue
          {{and 1 0 .Nope}}{{or 0 2}}~02
          {{with .ID}}{{.}}{{end}}{{with .None}}x{{else}}z{{end}}~abcz
          {{with .None}}x{{else with .ID}}{{.}}{{end}}~abc
          {{with $x := .Size}}{{$x}}{{end}}~4096
          {{$x := 1}}{{if true}}{{$x = 2}}{{end}}{{$x}}~2
          {{$x := 1}}{{if true}}{{$x := 2}}{{end}}{{$x}}~1
          {{len .Parents}}{{len .ID}}{{.Labels | len}}~232
          {{index .Parents 1}}{{index .Labels `a`}}{{index .ID 0}}~q197
          {{slice .ID 1}}{{slice .ID 1 2}}{{slice .Parents 0 1}}~bcb[p]
          {{(index .Parents 0) | printf `%s-%s` `x`}}~x-p
          {{printf `%5d|%-5s|%05d|%x|%q|%v|%t` .Size .ID 42 255 `a` .Parents true}}~ 4096|abc  |00042|ff|"a"|[p q]|true
          {{printf `%.2f %6.1f|%e %g` 3.14159 2.0 12345.678 1e6}}~3.14    2.0|1.234568e+04 1e+06
          {{printf `%d %s` `x`}}~%!d(string=x) %!s(MISSING)
          {{printf `%d` 1 2}}~1%!(EXTRA int=2)
          {{printf `%T %T` .ID .}}~string *client.UsageInfo
          {{printf `%+v` 5}}{{printf `%#v` `a`}}{{printf `%%`}}~+5"a"%
          {{print 1 2 `a` 3}}{{print `a` `b`}}~1 2a3ab
          {{html .Html}}~&lt;a&amp;&#34;b&#39;&gt;
          {{js .Html}}~\\u003Ca\\u0026\\"b\\'\\u003E
          {{urlquery `a b/c`}}~a+b%2Fc
          {{eq 1 2 1}}{{ne 1 2}}{{lt 1 2}}{{le 2 2}}{{gt `b` `a`}}{{ge 1 2}}~truetruetruetruetruefalse
          {{eq .Last nil}}~true
          {{.Ratio}} {{1.5}} {{0x10}} {{'a'}} {{1_000}}~1.5e+06 1.5 16 97 1000
          {{"a\\tb\\u00e9\\x41"}}~a\tbéA
          {{define `t`}}<{{.}}>{{end}}{{template `t` .ID}}{{template `t`}}~<abc><<no value>>
          {{block `b` .ID}}[{{.}}]{{end}}~[abc]
          {{json .Parents}}{{json .None}}{{json .Last}}{{json .Html}}~["p","q"]nullnull"<a&\\"b'>"
          {{(printf `%s` .ID)}}{{with (.Labels)}}{{.a}}{{end}}~abc1
          {{(index .Parents 0)}}{{($).ID}}~pabc
          """)
  void printsWhatGoPrints(String text, String expected) {
    assertThat(run(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      textBlock =
          """
          {{.ID~template: :1: unclosed action
          {{if .ID}}~template: :1: unexpected EOF
          {{end}}~template: :1: unexpected {{end}}
          {{else}}~template: :1: unexpected {{else}}
          {{foo}}~template: :1: function "foo" not defined
          {{$x}}~template: :1: undefined variable "$x"
          {{}}~template: :1: missing value for command
          {{if}}{{end}}~template: :1: missing value for if
          {{.ID)}}~template: :1: unexpected right paren
          {{(.ID}}~template: :1: unclosed left paren
          {{"abc}}~template: :1: unterminated quoted string
          {{/* x}}~template: :1: unclosed comment
          {{break}}~template: :1: {{break}} outside {{range}}
          {{.ID | 3}}~template: :1: non executable command in pipeline stage 2
          {{range $a, $b, $c := .}}{{end}}~template: :1: too many declarations in range
          {{1x}}~template: :1: bad number syntax: "1x"
          {{template x}}~template: :1: unexpected "x" in template clause
          {{.ID %}}~template: :1: unexpected "%" in operand
          {{.Foo}}~template: :1:2: executing "" at <.Foo>: can't evaluate field Foo in type *client.UsageInfo
          {{range .Parents}}{{.Foo}}{{end}}~template: :1:20: executing "" at <.Foo>: can't evaluate field Foo in type string
          {{.ID.Foo}}~template: :1:5: executing "" at <.ID.Foo>: can't evaluate field Foo in type string
          {{.Last.Foo}}~template: :1:7: executing "" at <.Last.Foo>: nil pointer evaluating *time.Time.Foo
          {{.ID 1}}~template: :1:2: executing "" at <.ID>: ID has arguments but cannot be invoked as function
          {{index .Parents 5}}~template: :1:2: executing "" at <index .Parents 5>: error calling index: index out of range: 5
          {{eq 1 `a`}}~template: :1:2: executing "" at <eq 1 `a`>: error calling eq: incompatible types for comparison
          {{len 3}}~template: :1:2: executing "" at <len 3>: error calling len: len of type int
          {{not}}~template: :1:2: executing "" at <not>: wrong number of args for not: want 1 got 0
          {{template `no`}}~template: :1:11: executing "" at <{{template "no"}}>: template "no" not defined
          {{range .Size}}{{end}}{{range true}}{{end}}~template: :1:30: executing "" at <true>: range can't iterate over true
          {{nil}}~template: :1:2: executing "" at <nil>: nil is not a command
          {{3 4}}~template: :1:2: executing "" at <3>: can't give argument to non-function 3
          """)
  void failsInTheWordsOfGo(String text, String message) {
    assertThatThrownBy(() -> run(text)).isInstanceOf(TemplateException.class).hasMessage(message);
  }

  @Test
  void jsonHasTheNamesOfJsonAndLeavesOutWhatMayBe() {
    assertThat(DATA.toJson().write())
        .isEqualTo(
            """
            {"id":"abc","size":4096,"inUse":false,"parents":["p","q"],"none":null,\
            "labels":{"a":"1","b":"2"},"at":"2024-02-08T21:28:03.12Z","last":null,\
            "keep":172800000000000,"html":"\\u003ca\\u0026\\"b'\\u003e","ratio":1500000,\
            "any":{"x":null,"y":1}}\
            """);
  }

  @Test
  void endlessRecursionEnds() {
    assertThatThrownBy(() -> run("{{define `t`}}{{template `t`}}{{end}}{{template `t`}}"))
        .hasMessageContaining("exceeded maximum template depth");
  }

  @Test
  void linesCountInMessages() {
    assertThatThrownBy(() -> run("a\n{{ .ID }}\n  {{.Foo}}"))
        .hasMessageStartingWith("template: :3:4: executing");
  }
}
