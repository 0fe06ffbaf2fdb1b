// validate: the diagnostics of a build without one, once and at every change.
using System.Text;
using Xunit;

namespace Detection.Cli.Tests;

public sealed class ValidateTests : IDisposable
{
    private const string Base = "spec: 1\nmodel: my-base\nkind: backbone\ninput: { size: [16, 16] }\nnodes:\n  a: { op: conv, out: 4, kernel: 1 }\ntaps: { a: a }\n";
    private const string Leaf = "spec: 1\nmodel: my-leaf\nextends: my-base\nnodes:\n  a: { kernel: 3 }\n";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Right_specs_are_counted_and_nothing_else_is_said()
    {
        folder.Write("base.yaml", Base);
        folder.Write("deep/leaf.yaml", Leaf);
        folder.Write("obj/broken.yaml", "x: [");
        folder.Write("facts-map.yaml", "- { facts: a, reason: b }");
        Assert.Matches(@"^2 files, 2 models: 0 errors, 0 warnings in [\d.]+ ms\r?\n$", CommandLine.Run("validate", folder.Path).Expect(0).Output);
    }

    [Fact]
    public void Errors_stand_with_path_line_and_column()
    {
        var path = folder.Write("base.yaml", Base.Replace("conv", "cnov", StringComparison.Ordinal));
        var run = CommandLine.Run("validate", path).Expect(1);
        Assert.Contains($"{path}(6,12): error DG0201: There is no operator, block or model 'cnov'. Did you mean 'conv'?", run.Output);
        Assert.Contains("1 file, 1 model: 1 error, 0 warnings", run.Output);

        var json = CommandLine.Run("validate", path, "--json").Expect(1).Json();
        Assert.Equal(["files", "models", "errors", "warnings", "milliseconds", "diagnostics"], json.EnumerateObject().Select(p => p.Name));
        Assert.Equal("DG0201", json.GetProperty("diagnostics")[0].GetProperty("id").GetString());
    }

    [Fact]
    public void Lint_stands_beside_errors_as_in_a_build()
    {
        var path = folder.Write("base.yaml", Base.Replace("nodes:", "parameters: { width: 3 }\nnodes:", StringComparison.Ordinal));
        var run = CommandLine.Run("validate", path).Expect(0);
        Assert.Contains("warning DG0905", run.Output);
        Assert.Contains("0 errors, 1 warning", run.Output);
    }

    [Fact]
    public void A_mistake_in_what_the_models_of_a_grid_share_is_said_once()
    {
        var grid = Base.Replace("my-base", "my-{size}", StringComparison.Ordinal).Replace("conv", "cnov", StringComparison.Ordinal)
            + "variants: { axes: { size: { small: { input: { size: [8, 8] } }, large: { input: { size: [32, 32] } } } } }\n";
        var run = CommandLine.Run("validate", folder.Write("grid.yaml", grid)).Expect(1);
        Assert.Contains("1 file, 2 models: 1 error, 0 warnings", run.Output);
    }

    [Fact]
    public void What_does_not_exist_is_named() => Assert.Contains("there is no such file or folder", CommandLine.Run("validate", folder["none.yaml"]).Expect(1).Error);

    [Fact]
    public void Json_and_watching_exclude_each_other() => CommandLine.Run("validate", folder.Path, "--watch", "--json").Expect(2);

    [Fact]
    public void A_change_touches_the_file_and_what_refers_to_it()
    {
        var first = folder.Write("base.yaml", Base);
        var leaf = folder.Write("leaf.yaml", Leaf);
        var other = folder.Write("other.yaml", Base.Replace("my-base", "my-other", StringComparison.Ordinal));
        var workspace = new SpecWorkspace([folder.Path], new ModelSet([], []));

        Assert.Equal([first, leaf, other], workspace.Refresh().Affected.ToArray());
        Assert.Empty(workspace.Refresh().Affected.ToArray());

        folder.Write("base.yaml", Base + "# a comment\n");
        Assert.Equal([first, leaf], workspace.Refresh().Affected.ToArray());

        File.Delete(first);
        var (affected, gone) = workspace.Refresh();
        Assert.Equal([leaf], affected.ToArray());
        Assert.Equal([first], gone.ToArray());
        Assert.Contains(workspace.Validate(affected).Single().Diagnostics, d => d.IsError);

        folder.Write("base.yaml", Base);
        Assert.Equal([first, leaf], workspace.Refresh().Affected.ToArray());
        Assert.All(workspace.Validate([first, leaf]), file => Assert.Empty(file.Diagnostics));
    }

    [Fact]
    public async Task Watching_sees_files_that_editors_replace_by_renaming()
    {
        var path = folder.Write("base.yaml", Base);
        using var stop = new CancellationTokenSource();
        var output = new LockedWriter();
        var run = Task.Run(() => DetGen.Run(["validate", folder.Path, "--watch"], Terminal.OfWriters(output, TextWriter.Null), [SampleModels.Instance], stop.Token));
        await output.Until("1 file, 1 model: 0 errors");

        Replace(Base.Replace("conv", "cnov", StringComparison.Ordinal));
        await output.Until("error DG0201");
        await output.Until("1 file with errors of 1");

        Replace(Base);
        await output.Until($"{path}: right again");

        await stop.CancelAsync();
        Assert.Equal(ExitCode.Interrupted, await run);

        void Replace(string text)
        {
            var temporary = folder.Write("base.yaml~", text);
            File.Move(temporary, path, overwrite: true);
        }
    }

    // Written by the watching thread, read by the test.
    private sealed class LockedWriter : StringWriter
    {
        private readonly StringBuilder text = new();

        public override void Write(char value)
        {
            lock (text)
            {
                text.Append(value);
            }
        }

        public override void Write(string? value)
        {
            lock (text)
            {
                text.Append(value);
            }
        }

        public override void WriteLine(string? value) => Write(value + "\n");

        public async Task Until(string part)
        {
            var deadline = DateTime.UtcNow.AddSeconds(60);
            while (!Read().Contains(part, StringComparison.Ordinal))
            {
                Assert.True(DateTime.UtcNow < deadline, $"'{part}' was not written:\n{Read()}");
                await Task.Delay(20);
            }
        }

        private string Read()
        {
            lock (text)
            {
                return text.ToString();
            }
        }
    }
}
