// The language, row by row: template and what it renders.
namespace Scriban.Tests;

public sealed class LanguageTests
{
    [Theory]
    [InlineData("{{ 'it\\'s' }} {{ \"a\\tb\\x41\\u0042\" }}", "it's a\tbAB")]
    [InlineData("{{ `raw \\n text` }}", "raw \\n text")]
    [InlineData("{{ $\"{1 + 2} of {model_name}\" }}", "3 of Net")]
    [InlineData("{{ true }} {{ false }} [{{ null }}]", "true false []")]
    [InlineData("{{ [1, \"x\", null, [2.5]] }}", "[1, \"x\", null, [2.5]]")]
    [InlineData("{{ {a: 1, \"b c\": \"t\"} }}", "{a: 1, \"b c\": \"t\"}")]
    [InlineData("{{ o = {a: 1, b: a + 1}; o.b }}", "2")]
    public void Literals(string template, string expected) => Assert.Equal(expected, Rendering.Render(template));

    [Theory]
    [InlineData("{{ 1 + 2 * 3 }} {{ (1 + 2) * 3 }} {{ 10 - 2 - 3 }}", "7 9 5")]
    [InlineData("{{ 7 // 2 }} {{ 7 % 3 }} {{ 7 / 2 }} {{ 4 / 2 }}", "3 1 3.5 2")]
    [InlineData("{{ 1 == 1.0 }} {{ 1 < 2 && !(3 <= 2) }} {{ 'a' == 'b' || false }}", "true true false")]
    [InlineData("{{ 'a' + 1 + true + null }} {{ 'ab' * 2 }}", "a1true abab")]
    [InlineData("{{ nothing ?? 'else' }} {{ model_name ?? 'else' }}", "else Net")]
    [InlineData("{{ nothing?.a?.b ?? 'none' }}", "none")]
    [InlineData("{{ 1 > 2 ? 'yes' : 'no' }}", "no")]
    [InlineData("{{ -5 }} {{ +5 }} {{ !nothing }}", "-5 5 true")]
    [InlineData("{{ [1] + [2] }} {{ [1, 2] == [1, 2] }}", "[1, 2] true")]
    [InlineData("{{ x = 4; x += 2; x; x *= 3; x; ++x }}", "61819")]
    [InlineData("{{ 1..3 }} {{ 1..<3 }} {{ 3..1 }}", "[1, 2, 3] [1, 2] [3, 2, 1]")]
    public void Operators(string template, string expected) => Assert.Equal(expected, Rendering.Render(template));

    [Theory]
    [InlineData("{{ 1.0 }} {{ 2.50 }} {{ 0.1 + 0.2 }} {{ 1 / 3 }}", "1 2.5 0.30000000000000004 0.3333333333333333")]
    [InlineData("{{ 1e3 }} {{ 1.0e-7 }} {{ 1.0e20 }}", "1000 1E-07 1E+20")]
    [InlineData("{{ 0x1f }} {{ 0b101 }} {{ 1_000 }}", "31 5 1000")]
    [InlineData("{{ 2147483647 + 1 }} {{ 3000000000 * 4000000000 }}", "2147483648 12000000000000000000")]
    [InlineData("{{ long }} {{ single * 2 }} {{ decimal }}", "5000000000 3 2.50")]
    public void NumbersPrintInTheInvariantCulture(string template, string expected) =>
        Assert.Equal(expected, Rendering.Render(template));

    [Theory]
    [InlineData("{{ layers[0].name }} {{ layers[-1].out_channels }} {{ layers.size }}", "conv1 128 2")]
    [InlineData("{{ layers[0].shape[0] }} {{ layers[0].kind }} {{ layers[1].kind == 'MaxPooling' }}", "3 Convolution true")]
    [InlineData("{{ counts.a }} {{ counts['b'] }} {{ counts.c }} [{{ counts['c'] }}]", "1 2 0 []")]
    [InlineData("{{ numbers }} {{ xs = [1]; xs[7] }}", "[3, 1, 2] ")]
    [InlineData("{{ this.model_name }} {{ this['model_name'] }} {{ model_name[0] }}", "Net Net N")]
    [InlineData("{{ a = []; a[2] = 1; a.note = 'n'; a; a.note }}", "[null, null, 1]n")]
    [InlineData("{{ [].empty? }} {{ [1] == empty }}", "true false")]
    public void Members(string template, string expected) => Assert.Equal(expected, Rendering.Render(template));

    [Theory]
    [InlineData("{{ if nothing }}a{{ else if model_name }}b{{ else }}c{{ end }}", "b")]
    [InlineData("{{ if 0 }}zero {{ end }}{{ if '' }}empty{{ end }}", "zero empty")]
    [InlineData("{{ for x in 1..5 }}{{ if x == 2; continue; end; if x == 4; break; end; x }},{{ end }}", "1,3,")]
    [InlineData("{{ for x in numbers }}{{ for.index }}{{ for.rindex }}{{ for.first }}{{ for.last }}{{ for.even }}{{ for.odd }}{{ for.length }} {{ end }}",
        "02truefalsetruefalse3 11falsefalsefalsetrue3 20falsetruetruefalse3 ")]
    [InlineData("{{ for x in (1..9) offset: 2 limit: 3 }}{{ x }}{{ end }}", "345")]
    [InlineData("{{ for x in [] }}a{{ else }}none{{ end }}", "none")]
    [InlineData("{{ for p in counts }}{{ p.key }}={{ p.value }};{{ end }}", "a=1;b=2;")]
    [InlineData("{{ i = 0; while i < 3; i; i = i + 1; end }}", "012")]
    [InlineData("{{ case 5; when 1, 2; 'a'; when 4 || 5; 'b'; else; 'c'; end }}", "b")]
    [InlineData("{{ capture c }}<{{ model_name }}>{{ end }}{{ c + '!' }}{{ c | string.size }}", "<Net>!5")]
    [InlineData("{{ o = {}; with o; a = model_name; end; o }}", "{a: \"Net\"}")]
    [InlineData("a{{ ret }}b", "a")]
    [InlineData("{{ # to the end of the line\n 1 ## over\nlines ## }}", "1")]
    public void Statements(string template, string expected) => Assert.Equal(expected, Rendering.Render(template));

    [Theory]
    [InlineData("{{ func sub; ret $0 - $1; end; sub 5 1; 5 | sub 2; sub(9, 3) }}", "436")]
    [InlineData("{{ func f(a, b = 2, rest...); ret a + b + rest.size; end; f 1; f 1 1 7 7; f 1 b: 5 }}", "346")]
    [InlineData("{{ area(w, h) = w * h; area(3, 4); 3 | area 5 }}", "1215")]
    [InlineData("{{ func line }}<{{ $0 }}>\n{{ end }}{{ line 1 }}{{ line 2 }}", "<1>\n<2>\n")]
    [InlineData("{{ func named; $.width; $0; end; named 'x' width: 3 }}", "3x")]
    [InlineData("{{ func f(x); x = 7; y = 3; ret x; end; f 1; y; x }}", "7")]
    [InlineData("{{ [1, 2] | array.each do; ret $0 * 3; end }}", "[3, 6]")]
    [InlineData("{{ inc(x) = x + 1; o = {f: @inc}; 1 | o.f; [1] | array.each @inc }}", "2[2]")]
    [InlineData("{{ func fact(n); if n <= 1; ret 1; end; ret n * fact(n - 1); end; fact 5 }}", "120")]
    [InlineData("{{ func twice_over; $$; $$; end; wrap twice_over }}x{{ end }}", "xx")]
    [InlineData("{{ twice 4 }} {{ 4 | twice | twice }} {{ join_two 'a' 'b' }} {{ join_two 'a' + '1' 'b' }}", "8 16 ab a1b")]
    [InlineData("{{ 'text' |\n  string.append '!' |\n  string.upcase }}", "TEXT!")]
    [InlineData("{{ 'a' | string.upcase + 'b' }}", "Ab")]
    public void Functions(string template, string expected) => Assert.Equal(expected, Rendering.Render(template));
}
