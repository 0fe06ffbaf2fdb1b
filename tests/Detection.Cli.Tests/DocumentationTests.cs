// docs/command-line.md: every verb and option stands there, and the outputs it shows are what the commands print.
using System.CommandLine;
using System.Text.RegularExpressions;
using Xunit;

namespace Detection.Cli.Tests;

public partial class DocumentationTests
{
    private static readonly string Page = File.ReadAllText(RepositoryFiles.Path("docs/command-line.md"));

    public static TheoryData<string> Commands()
    {
        var data = new TheoryData<string>();
        foreach (Match block in Blocks().Matches(Page))
        {
            data.Add(block.Groups["command"].Value);
        }
        return data;
    }

    [Fact]
    public void Every_verb_has_a_section_with_an_example_and_every_option_of_its_own()
    {
        var root = CommandTree.Build(new Session(Terminal.OfWriters(TextWriter.Null, TextWriter.Null), [], default));
        Check(root, "detgen");

        static void Check(Command command, string name)
        {
            foreach (var verb in command.Subcommands)
            {
                var path = $"{name} {verb.Name}";
                var sections = Page.Split("\n## ").Where(s => s.StartsWith(path + "\n", StringComparison.Ordinal)).ToArray();
                var section = Assert.Single(sections);
                Assert.Contains($"$ ./{path}", section);
                Assert.All(verb.Options.Where(o => o != CommonOptions.Json), option => Assert.Contains(option.Name, section));
                Check(verb, path);
            }
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Commands))]
    public void Shown_output_is_real(string command)
    {
        var expected = Blocks().Matches(Page).Single(b => b.Groups["command"].Value == command).Groups["output"].Value;
        foreach (Match shared in SharedFiles().Matches(command))
        {
            RepositoryFiles.Shared(shared.Groups["file"].Value);
        }
        using var folder = new TemporaryFolder();
        // The page writes into a folder called found.
        string Placed(string text) => text.Replace(" found", " " + folder.Path, StringComparison.Ordinal).Replace("\"found", "\"" + folder.Path, StringComparison.Ordinal);
        var before = Directory.GetCurrentDirectory();
        Directory.SetCurrentDirectory(RepositoryFiles.Root);
        try
        {
            var run = CommandLine.Run([], Placed(command).Split(' '));
            AssertShown(Placed("\n" + expected).Replace("\nfound", "\n" + folder.Path, StringComparison.Ordinal), "\n" + run.Output + run.Error);
        }
        finally
        {
            Directory.SetCurrentDirectory(before);
        }
    }

    // Columns grow with the longest name, and digits behind the point differ between versions of libtorch: blanks and fractions are not compared.
    private static void AssertShown(string shown, string actual)
    {
        var pattern = LeftOut().Replace(Regex.Escape(Simplified(shown)), ".*");
        Assert.True(Regex.IsMatch(Simplified(actual), $"^{pattern}$"), $"shown:\n{Simplified(shown)}\nprinted:\n{Simplified(actual)}");
    }

    private static string Simplified(string text) => Fractions().Replace(Gaps().Replace(text, " "), ".#").Trim();

    [GeneratedRegex(@"```console\n\$ \./detgen (?<command>[^\n]+)\n(?<output>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Blocks();

    [GeneratedRegex(@"\.\./shared/(?<file>\S+)")]
    private static partial Regex SharedFiles();

    [GeneratedRegex(@"[ \n]+")]
    private static partial Regex Gaps();

    // Three dots, and the blanks around them, in an escaped pattern.
    [GeneratedRegex(@"(?:\\ )?\\\.\\\.\\\.(?:\\ )?")]
    private static partial Regex LeftOut();

    [GeneratedRegex(@"\.\d{3,}")]
    private static partial Regex Fractions();
}
