// What a terminal shows and what a pipe gets.
using Xunit;

namespace Detection.Cli.Tests;

public class TerminalTests
{
    private const char Escape = '\u001b';

    private static (string Output, string Error, int ExitCode) OnTerminal(int width, string? noColor, params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var exitCode = DetGen.Run(args, Terminal.Simulated(output, error, width, noColor), [SampleModels.Instance], CancellationToken.None);
        return (output.ToString(), error.ToString(), exitCode);
    }

    [Fact]
    public void Redirected_output_has_no_escape_sequences()
    {
        foreach (var args in new string[][] { ["list"], ["summary", "red-squares"], ["summary", "nothing"] })
        {
            var run = CommandLine.Run(args);
            Assert.DoesNotContain(Escape, run.Output + run.Error);
        }
    }

    [Fact]
    public void A_terminal_gets_tables_with_rules_that_fit_its_width()
    {
        var (output, _, _) = OnTerminal(60, noColor: "1", "list");
        Assert.Contains('│', output);
        var visible = System.Text.RegularExpressions.Regex.Replace(output, @"\x1b\[[0-9;]*m", "");
        Assert.All(visible.Split('\n'), line => Assert.InRange(line.TrimEnd('\r').Length, 0, 60));
    }

    [Fact]
    public void Errors_are_red_on_a_terminal_unless_NO_COLOR_is_set()
    {
        Assert.Contains($"{Escape}[", OnTerminal(80, noColor: null, "summary", "nothing").Error);
        Assert.DoesNotContain($"{Escape}[", OnTerminal(80, noColor: "1", "summary", "nothing").Error);
        // no-color.org: an empty value means nothing.
        Assert.Contains($"{Escape}[", OnTerminal(80, noColor: "", "summary", "nothing").Error);
    }

    [Fact]
    public void Json_is_plain_on_a_terminal_too() => Assert.DoesNotContain(Escape, OnTerminal(40, null, "summary", "red-squares", "--json").Output);

    [Fact]
    public void Progress_of_several_images_shows_on_a_terminal()
    {
        using var folder = new TemporaryFolder();
        for (var i = 0; i < 3; i++)
        {
            folder.Write($"photos/{i}.png", SampleModels.Square(32, (255, 255, 255)));
        }
        var (output, _, exitCode) = OnTerminal(
            200, "1", "predict", "red-squares", "--weights", SampleModels.WriteWeights(folder, "red-squares"), "--out", folder["out"], folder["photos"]);
        Assert.Equal(0, exitCode);
        Assert.Contains("predicting", output);
        Assert.Equal(3, output.Split("32x32 1 object").Length - 1);
    }
}
