// Exit codes and where messages go: 0 done, 1 failed, 2 wrong use; standard output stays clean when something is wrong.
using System.Text.Json;
using Xunit;

namespace Detection.Cli.Tests;

public class ExitCodeTests
{
    [Fact]
    public void What_failed_on_another_thread_is_told_like_any_other_failure()
    {
        using var error = new StringWriter();
        var terminal = Terminal.OfWriters(TextWriter.Null, error);
        var parsed = CommandTree.Build(new Session(terminal, [], default)).Parse("list");
        Assert.Equal(ExitCode.Failed, Failures.Report(new AggregateException(new DllNotFoundException("OpenCV lacks a module.")), terminal, parsed));
        Assert.Equal("error: OpenCV lacks a module.", error.ToString().TrimEnd());
    }

    [Theory]
    [InlineData("", "say what to do")]
    [InlineData("lsit", "Did you mean 'list'?")]
    [InlineData("list extra", "No model of the list is called 'extra'")]
    [InlineData("list --jsno", "Did you mean '--json'?")]
    [InlineData("list --project", "--project")]
    [InlineData("list --project a.csproj --assembly b.dll", "give one of them")]
    [InlineData("summary", "summary needs MODEL")]
    [InlineData("summary colours", "Did you mean 'colors'?")]
    [InlineData("summary colors --input 3x8", "--input 3x8: must be channels x height x width")]
    [InlineData("summary colors --input 3x8x0", "--input 3x8x0")]
    [InlineData("summary colors --input 3x8x100001", "--input 3x8x100001")]
    [InlineData("summary colors --depth 0", "--depth 0: must be a whole number of at least 1")]
    [InlineData("summary colors --depth x", "--depth x")]
    [InlineData("predict", "predict needs MODEL and IMAGES and --weights FILE")]
    [InlineData("predict colors a.png", "needs --weights FILE")]
    [InlineData("predict nothing -w w a.png", "There is no model 'nothing'")]
    [InlineData("predict trunk -w w a.png", "trunk is a backbone")]
    [InlineData("predict red-squares -w w a.png", "--out DIR")]
    [InlineData("predict red-squares -w w -o o a.png --threshold 1.5", "must be a number between 0 and 1")]
    [InlineData("predict red-squares -w w -o o a.png --threshold 0,5", "must be a number between 0 and 1")]
    [InlineData("predict red-squares -w w -o o a.png --nms nan", "--nms nan")]
    [InlineData("predict red-squares -w w -o o a.png --top 0", "--top 0")]
    [InlineData("predict red-squares -w w -o o a.png --device gpu", "--device gpu: must be cpu, cuda")]
    [InlineData("predict colors -w w a.png --threshold 0.5", "is a classifier, which has no --threshold")]
    [InlineData("train", "train needs MODEL and --data DIR and --out DIR")]
    [InlineData("train red-squares --data d --out o", "red-squares cannot be trained: its spec has no 'train:' section")]
    [InlineData("train blood-cells-sd --data d --out o", "Did you mean 'blood-cells-ssd'?", true)]
    [InlineData("train blood-cells-ssd --data d --out o --epochs 2 --seconds 5", "give one of them", true)]
    [InlineData("train red-squares --data d --out o --seconds 0", "--seconds 0: must be a whole number of at least 1")]
    [InlineData("train red-squares --data d --out o --epochs many", "--epochs many")]
    [InlineData("train red-squares --data d --out o --workers 0", "--workers 0")]
    [InlineData("train red-squares --data d --out o --threads 0", "--threads 0")]
    [InlineData("train red-squares --data d --out o --seed -1", "--seed -1: must be a whole number of at least 0")]
    [InlineData("eval", "eval needs MODEL and --weights FILE and --data DIR")]
    [InlineData("eval trunk -w w --data d", "trunk is no detector")]
    [InlineData("eval red-squares -w w --data d --device gpu", "--device gpu")]
    [InlineData("render", "render needs --out DIR")]
    [InlineData("render --out o --images 0", "--images 0")]
    [InlineData("weights", "weights needs FILE")]
    [InlineData("weights convert colors a.pth", "weights convert needs OUT.safetensors")]
    [InlineData("weights convert colors a.pth b.pth", "must end in .safetensors")]
    [InlineData("weights convert colors a.safetensors ./a.safetensors", "into itself")]
    [InlineData("weights convert colours a.pth b.safetensors", "Did you mean 'colors'?")]
    public void Wrong_use_exits_with_2(string arguments, string message, bool withShippedModels = false)
    {
        var run = CommandLine.Run(withShippedModels ? [] : [SampleModels.Instance], arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Expect(2);
        Assert.Contains(message, run.Error);
        Assert.Equal("", run.Output);
    }

    [Theory]
    [InlineData("list --project missing.csproj", "missing.csproj: there is no such project")]
    [InlineData("list --assembly missing.dll", "missing.dll: there is no such file")]
    [InlineData("summary missing.yaml", "missing.yaml: there is no such file")]
    [InlineData("summary colors --input 3x9x9", "colors does not take an input of 3x9x9 (height 9, width 9)")]
    [InlineData("summary red-squares --input 1x32x36", "does not take an input of 1x32x36 (1 channel, width 36)")]
    [InlineData("predict colors --weights missing.pth a.png", "missing.pth: there is no such file")]
    [InlineData("predict colors --weights missing.pth a.png --device cuda:99", "--device cuda:99")]
    [InlineData("weights missing.pth", "missing.pth: there is no such file")]
    [InlineData("weights convert colors missing.pth out.safetensors", "missing.pth: there is no such file")]
    public void Failure_exits_with_1(string arguments, string message)
    {
        var args = arguments.Split(' ');
        var run = CommandLine.Run(args).Expect(1);
        Assert.Contains(message, run.Error);
        Assert.Equal("", run.Output);

        var json = CommandLine.Run([.. args, "--json"]).Expect(1);
        Assert.Contains(message, json.Json().GetProperty("error").GetString());
    }

    [Theory]
    [InlineData("list")]
    [InlineData("summary colors")]
    [InlineData("summary red-squares --input 3x64x40 --depth 1")]
    public void Json_is_the_only_thing_on_standard_output(string arguments)
    {
        var run = CommandLine.Run([.. arguments.Split(' '), "--json"]).Expect(0);
        Assert.Equal("", run.Error);
        Assert.NotEqual(JsonValueKind.Undefined, run.Json().ValueKind);
    }

    [Fact]
    public void An_assembly_without_models_is_a_failure()
    {
        var run = CommandLine.Run("list", "--assembly", typeof(System.CommandLine.Command).Assembly.Location).Expect(1);
        Assert.Contains("no generated models", run.Error);
    }

    [Fact]
    public void A_file_that_is_no_assembly_is_a_failure()
    {
        using var folder = new TemporaryFolder();
        var run = CommandLine.Run("list", "--assembly", folder.Write("notes.dll", "text")).Expect(1);
        Assert.Contains("notes.dll: the models cannot be loaded", run.Error);
    }
}
