// The schema beside the compiler: it never refuses what compiles, and refuses most of what is wrong by its form alone. Wrong specs are made of right ones
// by one change each: a key misspelt, a value of another kind or out of all range, a line taken out.
using System.Text.Json;
using Detection.Spec.Compilation;
using Detection.Spec.Diagnostics;
using Detection.Spec.Resolution;
using Detection.Spec.Schema;
using Detection.Spec.Syntax;
using Xunit.Abstractions;

namespace Detection.Spec.Tests.Manuals;

public class SchemaAgreementTests(ITestOutputHelper output)
{
    private const int Mutants = 800;

    private static readonly SchemaValidator Schema = new(JsonDocument.Parse(SpecSchema.Write()).RootElement);

    // What these say can be seen without arithmetic, other nodes or other files.
    private static readonly SpecDiagnosticDescriptor[] OfForm = [Rules.UnknownKey, Rules.WrongType, Rules.MissingKey, Rules.UnknownValue, Rules.OutOfRange, Rules.NotASpec, Rules.VerbMisused];

    private static readonly string[] Values = ["[1, 2]", "[[1, 2]]", "{ a: 1 }", "-1000000000000000", "1000000000000000", "wrod", "null", "true", "0.5", "\"\""];

    private static readonly Lazy<string[]> Corpus = new(() =>
    [
        .. Repository.Models.Select(m => m.Text).Where(t => t.Length < 12_000),
        .. Examples.Fences("spec-language.md").Where(f => f.Info == "yaml").Select(f => Examples.Complete(f.Text)),
    ]);

    [Fact]
    public void A_spec_of_one_change_that_compiles_fits_and_most_that_are_wrong_by_their_form_do_not()
    {
        var random = new Random(20260);
        var (refused, missed, tooStrict) = (0, new List<string>(), new List<string>());
        for (var i = 0; i < Mutants; i++)
        {
            var (text, change) = Mutant(random);
            var spec = ParsedSpec.Parse(new SpecDocument("spec.yaml", text));
            if (spec.Root is null || spec.StoppedAt is not null || spec.Models.Length > 8)
            {
                continue;
            }

            var others = Repository.Library.ModelNames.Select(n => Repository.Library.Find(n)!).Where(s => spec.Models.All(m => m.ModelName != s.ModelName));
            var errors = SpecCompiler.Compile(spec, new SpecLibrary([.. others, .. spec.Models])).Diagnostics.Where(d => d.IsError).ToArray();
            var problems = Schema.Problems(SchemaTests.Json(spec.Root)).ToArray();
            if (errors.Length == 0 && problems.Length > 0)
            {
                tooStrict.Add($"{change}: {problems[0]}");
            }
            else if (errors.Length > 0 && errors.All(e => OfForm.Contains(e.Descriptor)))
            {
                if (problems.Length > 0)
                {
                    refused++;
                }
                else
                {
                    missed.Add($"{change}: {errors[0].Id} {errors[0].Message}");
                }
            }
        }

        output.WriteLine($"{refused} refused, {missed.Count} let through:\n" + string.Join("\n", missed));
        Assert.True(tooStrict.Count == 0, "These compile, but do not fit:\n" + string.Join("\n", tooStrict));
        Assert.True(refused > 6 * missed.Count, $"{refused} refused, {missed.Count} let through:\n" + string.Join("\n", missed));
    }

    [Theory]
    [InlineData("DG0101")]
    [InlineData("DG0102")]
    [InlineData("DG0103")]
    [InlineData("DG0105")]
    public void The_wrong_example_of_an_error_of_form_does_not_fit(string id)
    {
        var root = ParsedSpec.Parse(new SpecDocument("spec.yaml", Examples.Complete(Examples.Fences($"diagnostics/{id}.md")[0].Text))).Root;

        Assert.NotEmpty(Schema.Problems(SchemaTests.Json(root!)));
    }

    private static (string Text, string Change) Mutant(Random random)
    {
        var text = Corpus.Value[random.Next(Corpus.Value.Length)];
        var root = (MappingSyntax)YamlSyntaxParser.Parse(new SourceText("spec.yaml", text), new DiagnosticBag())!;
        var entries = Entries(root).ToArray();
        var entry = entries[random.Next(entries.Length)];
        var (key, value) = (entry.Key.Span, entry.Value.Span);
        switch (random.Next(4))
        {
            case 0:
                return (text.Insert(key.Start + key.Length / 2, "x"), $"'{entry.Name}' misspelt");
            case 1:
                var lines = text.Split('\n');
                var line = random.Next(lines.Length);
                return (string.Join('\n', lines.Where((_, i) => i != line)), $"without '{lines[line].Trim()}'");
            default:
                var other = Values[random.Next(Values.Length)];
                return entry.Value is ScalarSyntax
                    ? (text[..value.Start] + other + text[value.End..], $"'{entry.Name}: {other}' in place of '{text[value.Start..value.End]}'")
                    : (text.Insert(key.Start + key.Length, "s"), $"'{entry.Name}s'");
        }
    }

    private static IEnumerable<MappingEntry> Entries(SyntaxNode node) => node switch
    {
        MappingSyntax map => map.Entries.SelectMany(e => Entries(e.Value).Prepend(e)),
        SequenceSyntax list => list.Items.SelectMany(Entries),
        _ => [],
    };
}
