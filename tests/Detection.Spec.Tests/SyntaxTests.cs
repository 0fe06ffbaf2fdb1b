// Positions of every node, what of YAML is refused, and what bounds the parser keeps.
using Detection.Spec.Diagnostics;
using Detection.Spec.Syntax;

namespace Detection.Spec.Tests;

public class SyntaxTests
{
    private static (SyntaxNode? Root, SourceText Source, SpecDiagnostic[] Problems) Parse(string text)
    {
        var source = new SourceText("a.yaml", text);
        var diagnostics = new DiagnosticBag();
        return (YamlSyntaxParser.Parse(source, diagnostics), source, [.. diagnostics.ToImmutable()]);
    }

    private static SyntaxNode At(SyntaxNode node, string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries).Aggregate(
        node, (n, part) => n is SequenceSyntax list ? list.Items[int.Parse(part)] : ((MappingSyntax)n)[part]!);

    [Theory]
    [InlineData("a: 1\nb: [x,\ty, {c: d}]\n", "b", "[x,\ty, {c: d}]")]
    [InlineData("a: 1\nb: [x,\ty, {c: d}]\n", "b/1", "y")]
    [InlineData("a: 1\nb: [x,\ty, {c: d}]\n", "b/2", "{c: d}")]
    [InlineData("a: 1\nb: [x,\ty, {c: d}]\n", "b/2/c", "d")]
    [InlineData("\uFEFFa: one\n", "a", "one")]
    [InlineData("a: 1\r\nb:\r\n  c: two words\r\nd: 3\r\n", "b/c", "two words")]
    [InlineData("a: 1\r\nb:\r\n  c: two words\r\nd: 3\r\n", "b", "c: two words")]
    [InlineData("a: 1 # one\n# two\nb: 2 # three\n", "b", "2")]
    [InlineData("a:\n  b: 1\n  c: [1] # last\n# not a's\n\nd: 1\n", "a", "b: 1\n  c: [1]")]
    [InlineData("a:\n- 1\n- x: 1\n  y: 2\n\nb: 1\n", "a", "- 1\n- x: 1\n  y: 2")]
    [InlineData("a:\n- 1\n- x: 1\n  y: 2\n\nb: 1\n", "a/1", "x: 1\n  y: 2")]
    [InlineData("'quoted key': \"v \\u0041\" # c\n", "quoted key", "\"v \\u0041\"")]
    [InlineData("a: 'it''s'\n", "a", "'it''s'")]
    [InlineData("a: plain\n  over lines\nb: 1\n", "a", "plain\n  over lines")]
    [InlineData("a: |\n  literal\n  lines\n\n\nb: 1\n", "a", "|\n  literal\n  lines")]
    [InlineData("a: >-\n  folded\n  lines\nb: 1\n", "a", ">-\n  folded\n  lines")]
    [InlineData("a: &x value\n", "a", "value")]
    [InlineData("a: &x {b: 1}\n", "a", "{b: 1}")]
    [InlineData("a: &x\n  b: 1\n", "a", "b: 1")]
    [InlineData("a: &x value\nb: *x\n", "b", "value")]
    [InlineData("a: &x 1\nb:\n  c: *x\nd: 1\n", "b", "c: *x")]
    [InlineData("a: \U0001F600\nb: c\n", "b", "c")]
    [InlineData("a: {b: [1, 2], c: {}}", "a/c", "{}")]
    [InlineData("a: []\n", "a", "[]")]
    [InlineData("a:\nb: 1\n", "a", "")]
    [InlineData("---\na: 1\n...\n", "a", "1")]
    public void The_span_of_a_node_is_what_was_written(string text, string path, string written)
    {
        var (root, source, problems) = Parse(text);

        Assert.Empty(problems);
        Assert.Equal(written, source.Slice(At(root!, path).Span));
    }

    [Fact]
    public void Every_node_of_the_models_stands_where_its_text_is()
    {
        foreach (var document in Repository.Models)
        {
            foreach (var text in new[] { document.Text, document.Text.Replace("\n", "\r\n") })
            {
                var (root, source, problems) = Parse(text);
                Assert.Empty(problems);
                Visit(root!, source);
            }
        }

        static void Visit(SyntaxNode node, SourceText source)
        {
            var written = source.Slice(node.Span);
            switch (node)
            {
                case ScalarSyntax scalar:
                    Assert.Equal(scalar.Value, scalar.IsPlain ? written : written[1..^1]);
                    break;
                case MappingSyntax map:
                    Assert.True(written.StartsWith('{') ? written.EndsWith('}') : written.StartsWith(map.Entries[0].Name, StringComparison.Ordinal), written);
                    foreach (var entry in map.Entries)
                    {
                        Assert.Equal(entry.Name, source.Slice(entry.Key.Span));
                        Visit(entry.Value, source);
                        Assert.True(entry.Value.Span.End <= node.Span.End, written);
                    }

                    break;
                case SequenceSyntax list:
                    Assert.True(written.StartsWith('-') || (written.StartsWith('[') && written.EndsWith(']')), written);
                    Assert.All(list.Items, i => Visit(i, source));
                    break;
            }
        }
    }

    [Theory]
    [InlineData("\uFEFFab\ncd", 0, 0, 0)]
    [InlineData("ab\r\ncd\re\nf", 4, 1, 0)]
    [InlineData("ab\r\ncd\re\nf", 7, 2, 0)]
    [InlineData("ab\r\ncd\re\nf", 9, 3, 0)]
    [InlineData("ab", 99, 0, 2)]
    [InlineData("ab", -5, 0, 0)]
    public void Offsets_become_lines_and_columns(string text, int offset, int line, int column) =>
        Assert.Equal(new LinePosition(line, column), new SourceText("a", text).PositionOf(offset));

    [Theory]
    [InlineData("a: 1\nb: 2\na: 3\n", "DG0004", 3, 1, "The key 'a' stands in this map already, at line 1")]
    [InlineData("a: {b: 1, \"b\": 2}\n", "DG0004", 1, 11, "The key 'b' stands in this map already, at line 1")]
    [InlineData("a: !!int 1\n", "DG0003", 1, 4, "Specs have no tags; values are what they look like")]
    [InlineData("a: !mine [1]\n", "DG0003", 1, 4, "Specs have no tags; values are what they look like")]
    [InlineData("a: &x {b: 1}\nc:\n  <<: *x\n  d: 1\n", "DG0003", 3, 3, "Specs have no merge key '<<'; use 'extends' or a block")]
    [InlineData("? [a]\n: 1\n", "DG0003", 1, 3, "A key must be a word, but here is a list")]
    [InlineData("a: 1\n---\nb: 2\n", "DG0003", 2, 1, "A file holds one document; a second one begins here")]
    [InlineData("a: *nothing\n", "DG0001", 1, 4, "There is no anchor 'nothing' before this alias")]
    [InlineData("a: &x [*x]\n", "DG0001", 1, 8, "There is no anchor 'x' before this alias")]
    [InlineData("a: [1, 2\n", "DG0001", 2, 1, "While parsing a flow sequence, did not find expected ',' or ']'")]
    [InlineData("a: \"\\UFFFFFFFF\"\n", "DG0001", 1, 2, "The text is not YAML from here on")]
    [InlineData("a: b: c\n", "DG0001", 1, 5, "While scanning a plain scalar value, found invalid mapping")]
    public void What_specs_refuse_of_YAML_is_told_at_its_place(string text, string id, int line, int column, string message)
    {
        var problem = Assert.Single(Parse(text).Problems);

        Assert.Equal((id, line, column, message), (problem.Id, problem.Location.Start.Line + 1, problem.Location.Start.Column + 1, problem.Message));
    }

    [Fact]
    public void What_stands_before_a_syntax_error_is_kept()
    {
        var (root, _, problems) = Parse("a: 1\nb: [1, 2\nc: 3\n");

        Assert.Single(problems);
        Assert.Equal("1", ((ScalarSyntax)At(root!, "a")).Value);
    }

    [Fact]
    public void A_hundred_thousand_brackets_are_refused_at_once()
    {
        foreach (var text in new[] { "a: " + new string('[', 100_000), "a: " + string.Concat(Enumerable.Repeat("[\n", 100_000)), string.Concat(Enumerable.Repeat("{a: ", 100_000)) })
        {
            var watch = System.Diagnostics.Stopwatch.StartNew();

            Assert.NotEmpty(Parse(text).Problems);

            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(2), watch.Elapsed.ToString());
        }
    }

    [Fact]
    public void Nesting_is_allowed_to_the_limit_and_not_beyond()
    {
        string Nested(int depth) => new string('[', depth) + new string(']', depth);

        Assert.Empty(Parse(Nested(YamlSyntaxParser.MaximumDepth)).Problems);
        Assert.Equal("DG0002", Assert.Single(Parse(Nested(YamlSyntaxParser.MaximumDepth + 1)).Problems).Id);
    }

    [Fact]
    public void Aliases_cannot_nest_deeper_than_brackets()
    {
        var text = "a0: &a0 " + new string('[', 30) + new string(']', 30) + "\nb: " + new string('[', 20) + "*a0" + new string(']', 20) + "\n";

        Assert.Equal("The document is nested more than 48 levels deep", Assert.Single(Parse(text).Problems).Message);
    }

    [Fact]
    public void A_bomb_of_aliases_is_refused_in_bounded_time_and_memory()
    {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + string.Concat(Enumerable.Range(1, 20).Select(i => $"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 9))}]\n"));
        var before = GC.GetAllocatedBytesForCurrentThread();

        var problem = Assert.Single(Parse(text).Problems);

        Assert.Equal("The document has more than 200000 nodes, aliases counted as what they stand for", problem.Message);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 50_000_000);
    }

    [Fact]
    public void A_text_beyond_two_million_characters_is_not_read()
    {
        Assert.Equal("The document has 2000001 characters; at most 2000000 are read", Assert.Single(Parse(new string('#', 2_000_001)).Problems).Message);
        Assert.Empty(Parse("a: " + new string('x', 1_999_990)).Problems);
    }
}
