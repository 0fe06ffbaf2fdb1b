// --help of the command and of every verb, as snapshots.
using System.CommandLine;
using Xunit;

namespace Detection.Cli.Tests;

public class HelpTests
{
    public static TheoryData<string> Verbs()
    {
        var data = new TheoryData<string> { "" };
        foreach (var verb in AllVerbs(Tree(), ""))
        {
            data.Add(verb);
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Verbs))]
    public Task Help_describes_the_verb(string verb)
    {
        var run = CommandLine.Run([.. Words(verb), "--help"]).Expect(0);
        Assert.Equal("", run.Error);
        return Verify(run.Output).UseParameters(verb.Length == 0 ? "detgen" : verb.Replace(' ', '-'));
    }

    [Theory]
    [MemberData(nameof(Verbs))]
    public void Examples_parse(string verb)
    {
        Command at = Tree();
        foreach (var word in Words(verb))
        {
            at = at.Subcommands.Single(c => c.Name == word);
        }
        var examples = (at as Verb)?.Examples ?? [];
        Assert.Equal(verb.Length > 0, examples.Count > 0);
        Assert.All(examples, example => Assert.Empty(Tree().Parse(example.CommandLine).Errors));
    }

    [Fact]
    public void Help_does_not_wrap_when_it_is_redirected() =>
        Assert.Contains(CommandLine.Run("predict", "--help").Output.Split('\n'), line => line.Length > 120);

    [Fact]
    public void Help_fits_the_terminal()
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        DetGen.Run(["predict", "--help"], Terminal.Simulated(output, error, width: 80), [SampleModels.Instance], CancellationToken.None);
        var options = output.ToString().Split("Examples:")[0];
        Assert.All(options.Split('\n'), line => Assert.InRange(line.TrimEnd().Length, 0, 80));
    }

    [Fact]
    public void Version_is_one_line() => Assert.Matches(@"^detgen \d+\.\d+\.\d+\S*\r?\n$", CommandLine.Run("--version").Expect(0).Output);

    private static Command Tree() => CommandTree.Build(new Session(Terminal.OfWriters(TextWriter.Null, TextWriter.Null), [SampleModels.Instance], default));

    private static string[] Words(string verb) => verb.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static IEnumerable<string> AllVerbs(Command command, string prefix) =>
        command.Subcommands.SelectMany(c => AllVerbs(c, $"{prefix}{c.Name} ").Prepend(prefix + c.Name));
}
