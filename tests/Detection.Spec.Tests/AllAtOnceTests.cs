// All errors of a file come at once: of two mistakes that have nothing to do with each other both are told, wherever they stand.
// The shipped specs are the table: each pair of words in them is misspelt, alone and together, without moving a character.
// DETECTION_GEN_FUZZ=N tries N pairs of each spec instead of a few.
using Detection.Spec.Compilation;
using Detection.Spec.Diagnostics;
using Detection.Spec.Resolution;
using Detection.Spec.Syntax;

namespace Detection.Spec.Tests;

public class AllAtOnceTests
{
    // Said of a model whose words are right: shapes, figures and what depends on them.
    private static readonly SpecDiagnosticDescriptor[] OfRightWords =
    [
        Rules.Channels, Rules.SpatialMismatch, Rules.EmptyFeature, Rules.InputCount, Rules.WrongRank, Rules.Detector, Rules.HeadChannels, Rules.ExpectationFailed, Rules.KeyTaken,
        Rules.PartFailed, Rules.LimitExceeded,
    ];

    private static int PairsPerSpec => int.TryParse(Environment.GetEnvironmentVariable("DETECTION_GEN_FUZZ"), out var count) ? count : 15;

    public static TheoryData<string> Models => [.. Repository.Models.Select(m => m.Path)];

    [Theory]
    [MemberData(nameof(Models))]
    public void Two_independent_mistakes_in_a_shipped_spec_are_both_told(string path)
    {
        var text = Repository.Models.Single(m => m.Path == path).Text;
        var (random, missed) = (new Random(path.Length), new List<string>());
        var mistakes = Mistakes(text).OrderBy(_ => random.Next()).Take(2 * PairsPerSpec).Select(m => m with { Own = Own(text, m) }).Where(m => m.Own.Count > 0).ToArray();
        for (var i = 0; i < PairsPerSpec; i++)
        {
            var (a, b) = (mistakes[random.Next(mistakes.Length)], mistakes[random.Next(mistakes.Length)]);
            if (AreIndependent(a, b))
            {
                var told = Told(a.In(b.In(text)), text).ToHashSet();
                missed.AddRange(a.Own.Concat(b.Own).Where(e => !told.Contains(e)).Select(e => $"{e.Id} at {e.Start} of '{a.Word}' at {a.Start} and '{b.Word}' at {b.Start}"));
            }
        }

        Assert.NotEmpty(mistakes);
        Assert.True(missed.Count == 0, string.Join("\n", missed.Take(20)));
    }

    [Theory]
    [InlineData("An argument of a block behind a failed node", "a: { op: cnov }\nb: { op: unit, widht: 8 }\n", "DG0201 DG0204 DG0103")]
    [InlineData("An argument of a model behind a failed node", "a: { op: cnov }\nb: { op: part, widht: 8 }\n", "DG0201 DG0204")]
    [InlineData("The words of a node without an operator", "a: { from: x }\nb: relu\n", "DG0103 DG0202")]
    [InlineData("The words of a node with a bad name", "a-b: { op: conv, out: 8, kernal: 1 }\nb: relu\n", "DG0106 DG0103 DG0101")]
    [InlineData("A node that a condition leaves out", "a: { op: conv, out: 8, kernal: 1, when: in > 5 }\nb: { op: cnov }\n", "DG0103 DG0101 DG0201")]
    [InlineData("The guarded figures of a node that a condition leaves out are no mistake", "a: { op: conv, out: 8/(in-3), kernel: 1, when: in > 5 }\nb: { op: cnov }\n", "DG0201")]
    [InlineData("A literal out of range behind a failed node", "a: { op: cnov }\nb: { op: conv, out: 0, kernel: 1 }\n", "DG0201 DG0104")]
    [InlineData("A figure that hangs on a failed node is no mistake", "a: { op: cnov }\nb: { op: conv, out: in/2, kernel: 1, when: in > 3, repeat: in }\n", "DG0201")]
    [InlineData("A wrong attribute and a wrong input", "a: globalAvgPool\nb: { op: conv, out: 8, kernal: 1, kernel: 1, stride: [] }\n", "DG0505 DG0101 DG0102")]
    [InlineData("Both numbers of a pair", "a: { op: conv, out: 8, kernel: [x, y] }\nb: relu\n", "DG0302 DG0302")]
    [InlineData("A repetition whose first differs", "a: { op: conv, out: 8, kernal: 1, repeat: 2, first: { strid: 2 } }\nb: relu\n", "DG0103 DG0101 DG0101")]
    public void Mistakes_that_others_hid(string what, string nodes, string ids)
    {
        var blocks = "blocks:\n  unit: { parameters: { out: }, nodes: { c: { op: conv, out: out, kernel: 1 } } }\n";
        var result = Specs.Compile(Specs.Backbone(nodes, "b", rest: blocks), "spec: 1\nmodel: part\nkind: backbone\ninput: { size: 8 }\nparameters: { width: 1 }\nnodes: { a: relu }\ntaps: { a: a }\n");

        Assert.True(ids.Split(' ').Order().SequenceEqual(result.Diagnostics.Select(d => d.Id).Order()), $"{what}:\n{Specs.Lines(result.Diagnostics)}");
    }

    [Theory]
    [InlineData("A block that nothing uses", "blocks: { unit: { nods: 1, nodes: { a: rleu, b: { op: conv, out: q, kernel: 1 } } } }\n", "", "DG0101 DG0201 DG0302")]
    [InlineData("A parameter without value and what stands in the nodes", "parameters: { width: 1/0 }\n", "c: { op: conv, out: width, kernal: 1, kernel: 1 }\n", "DG0303 DG0101")]
    [InlineData("Sections and expectations", "preprocess: { color: bgrr }\nexpect: { source: s, paramters: 1, parameters: 7 }\n", "", "DG0105 DG0101 DG0701")]
    [InlineData("A class name and a node", "class: small\n", "c: rleu\n", "DG0106 DG0201")]
    [InlineData("Mean and deviation", "preprocess: { mean: [1, 2], std: [1, 2] }\n", "", "DG0104 DG0104")]
    public void Mistakes_of_different_sections(string what, string sections, string nodes, string ids)
    {
        var result = Specs.Compile(Specs.Backbone("a: relu\n" + nodes, "a", rest: sections));

        Assert.True(ids.Split(' ').Order().SequenceEqual(result.Diagnostics.Select(d => d.Id).Order()), $"{what}:\n{Specs.Lines(result.Diagnostics)}");
    }

    [Fact]
    public void What_is_wrong_with_any_base_is_told_beside_an_unknown_base()
    {
        var result = Specs.Compile("spec: 1\nmodel: m\nextends: nothing\nclases: 3\ninput: { sise: 3 }\nnodes:\n  a: { stride: 2 }\n  $remove: b\n  $insert: { c: { op: conv, out: [1], kernel: 1 } }\n");

        Assert.Equal(["DG0401", "DG0101", "DG0101"], result.Diagnostics.Select(d => d.Id));
    }

    [Fact]
    public void A_spec_without_a_name_is_checked_all_the_same()
    {
        var result = Specs.Compile("spec: 1\nkind: backbone\ninput: { size: 8 }\nnodes: { a: rleu }\ntaps: { a: a }\n");

        Assert.Equal(["DG0005", "DG0201"], result.Diagnostics.Select(d => d.Id));
    }

    [Fact]
    public void Mistakes_of_words_before_a_syntax_error_are_told()
    {
        foreach (var model in Repository.Models)
        {
            foreach (var mistake in Mistakes(model.Text).Where((_, i) => i % 61 == 5))
            {
                var behind = model.Text.IndexOf('\n', mistake.Start + mistake.Path.Length) + 1;
                var own = Own(model.Text, mistake).Where(e => e.Id != Rules.MissingKey.Id).ToArray();
                if (behind > 0 && own.Length > 0 && mistake.Path.Length > 1)
                {
                    var told = Told(mistake.In(model.Text) + "\n: ] }\n", model.Text).ToArray();

                    Assert.Contains(told, e => e.Id == Rules.YamlSyntax.Id);
                    Assert.All(own, e => Assert.Contains(e, told));
                }
            }
        }
    }

    private sealed record Mistake(int Start, string Word, string Wrong, string[] Path, bool IsKey)
    {
        /// <summary>The errors that stand at the misspelt word itself when it is the only mistake.</summary>
        public IReadOnlyCollection<(string Id, int Start)> Own { get; init; } = [];

        public string In(string text) => text.Remove(Start, Word.Length).Insert(Start, Wrong);
    }

    // Every word with its last letter changed, every number without digits: the length stays, and so do the places of all others.
    private static IEnumerable<Mistake> Mistakes(string text)
    {
        return Of(YamlSyntaxParser.Parse(new SourceText("spec.yaml", text), new DiagnosticBag())!, []);

        IEnumerable<Mistake> Of(SyntaxNode node, string[] path) => node switch
        {
            MappingSyntax map => map.Entries.SelectMany(e => Word(e.Key, [.. path, e.Name], true).Concat(Of(e.Value, [.. path, e.Name]))),
            SequenceSyntax list => list.Items.SelectMany((item, i) => Of(item, [.. path, i.ToString()])),
            ScalarSyntax { IsNull: false } scalar => Word(scalar, path, false),
            _ => [],
        };

        IEnumerable<Mistake> Word(ScalarSyntax scalar, string[] path, bool isKey)
        {
            var word = text.Substring(scalar.Span.Start, scalar.Span.Length);
            if (word.Length > 0 && word.All(c => char.IsLetterOrDigit(c) || c is '.' or '_' or '-'))
            {
                var wrong = char.IsDigit(word[0]) || word[0] == '-' ? new string('q', word.Length) : word[..^1] + (word[^1] == 'q' ? 'z' : 'q');
                yield return new Mistake(scalar.Span.Start, word, wrong, path, isKey);
            }
        }
    }

    private static (string Id, int Start)[] Own(string text, Mistake mistake) =>
        [.. Told(mistake.In(text), text).Where(e => e.Start == mistake.Start && OfRightWords.All(r => r.Id != e.Id)).Distinct()];

    private static IEnumerable<(string Id, int Start)> Told(string text, string original)
    {
        var name = ParsedSpec.Parse(new SpecDocument("spec.yaml", original)).ModelName;
        var spec = ParsedSpec.Parse(new SpecDocument("spec.yaml", text));
        var library = new SpecLibrary([spec, .. Repository.Library.ModelNames.Where(n => n != name && n != spec.ModelName).Select(n => Repository.Library.Find(n)!)]);
        return SpecCompiler.Compile(spec, library).Diagnostics.Where(d => d.IsError && d.Location.Path == "spec.yaml").Select(d => (d.Id, d.Location.Span.Start));
    }

    // Two keys that become the same are a third mistake. A key decides what stands below it, an operator (and `blocks`, which declares them) what its attributes mean, `extends` what there is to override,
    // `kind` what the sections are for, a grid whose axes or `for` are wrong has no models to check; what is not removed cannot be put in anew.
    private static bool AreIndependent(Mistake a, Mistake b) =>
        a.Start != b.Start && a.Wrong != b.Wrong && !Decides(a, b) && !Decides(b, a);

    private static bool Decides(Mistake a, Mistake b) =>
        (a.IsKey && b.Path.Take(a.Path.Length).SequenceEqual(a.Path))
        || (a.Path[^1] == "op" && b.Path.Take(a.Path.Length - 1).SequenceEqual(a.Path.SkipLast(1)))
        || a.Path[^1] is "extends" or "kind" or "spec" or "blocks"
        || a.Path[0] == "variants" || a.Path.Contains("for")
        || (a.Path.Contains("$remove") && b.Path.Contains(a.Word))

        // Where the network fails, nobody knows the tensors that a weight map means.
        || (b.Path is ["weights", _, "keys" or "new", ..] && a.Path[0] != "weights")

        // ... nor which layers a rule of the recipe means, or what stands inside a node that failed.
        || (b.Path is ["train", "layers" or "frozen", ..] && a.Path[0] != "train")
        || (b.Path is ["expect", ..] && b.Word.Contains('.', StringComparison.Ordinal) && a.Path[0] != "expect")

        // What is not removed stands in the way of what is inserted under its name.
        || a.Path.Contains("$remove")

        // What a part is decides which outputs it has.
        || b.Word.StartsWith(a.Path.LastOrDefault(p => p != "op") + ".", StringComparison.Ordinal);
}
