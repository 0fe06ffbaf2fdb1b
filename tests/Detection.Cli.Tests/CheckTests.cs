// check: facts against specs through a map.
using System.Text.Json;
using Xunit;

namespace Detection.Cli.Tests;

public sealed class CheckTests : IDisposable
{
    // conv1 3x3x3x4 + 4 = 112, norm 4 + 4, conv2 1x1x4x(4w) = 16w; 16x16 cells behind the stride of 2, for an input of 32x32.
    private const string Tiny = """
        spec: 1
        model: tiny
        kind: backbone
        parameters: { width: 1 }
        input: { size: [32, 32], minimum: 8 }
        blocks:
          stem:
            nodes:
              conv: { op: conv, out: 4, kernel: 3, stride: 2, padding: 1 }
              norm: batchNorm
        nodes:
          conv1: stem
          side: { op: conv, from: conv1, out: 1, kernel: 1, bias: false }
          conv2: { op: conv, from: conv1, out: 4*width, kernel: 1, bias: false }
        taps: { c1: conv1, c2: conv2, s: side }
        """;

    private readonly TemporaryFolder folder = new();

    public CheckTests() => folder.Write("specs/tiny.yaml", Tiny);

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("params", "140")]
    [InlineData("params", "139", "theirs 139 ours 140")]
    [InlineData("madds", "32768")]
    [InlineData("channels:conv1", "4")]
    [InlineData("size:conv1", "16")]
    [InlineData("size:conv1", "[16, 16]")]
    [InlineData("size:conv1", "[16, 17]", "theirs 16x17 ours 16x16")]
    [InlineData("channels:c2", "4")]
    [InlineData("channels:conv1.norm", "4")]
    [InlineData("channels:sied", "4", "has no node 'sied'. Did you mean 'side'?")]
    [InlineData("boxes", "4", "has no default boxes")]
    [InlineData("depth", "4", "'figures' does not say what 'depth' counts")]
    public void A_row_is_compared_by_its_quantity(string quantity, string value, string? difference = null)
    {
        var run = Check("- { facts: tiny, spec: tiny }", Row("tiny", quantity, value));
        if (difference is null)
        {
            run.Expect(0);
        }
        Assert.Equal(difference is null ? "1 row: 1 agree, 0 disagree, 0 disagree with a reason, 0 unmapped, 0 unmapped with a reason" : difference, difference is null ? run.Output.Trim() : Found(run.Expect(1), difference));
    }

    [Theory]
    [InlineData("parameters + statistics", 148)]
    [InlineData("parameters - batchNorm.weight + statistics", 144)]
    [InlineData("conv.weight", 128)]
    [InlineData("conv.weight + batchNorm.bias + batchNorm.running_mean + batchNorm.running_var", 140)]
    [InlineData("*.bias", 8)]
    [InlineData("parameters until conv2", 136)]
    [InlineData("parameters until conv1", 120)]
    [InlineData("parameters of conv1, side", 124)]
    [InlineData("parameters of conv*", 136)]
    [InlineData("parameters without conv1", 20)]
    [InlineData("conv.weight of conv1.conv", 108)]
    [InlineData("multiplyAdds without conv1 + 300 * multiplyAdds of side", 312320)]
    public void A_figure_is_a_sum_over_chosen_tensors_and_nodes(string sum, long value) =>
        Check($"- {{ facts: tiny, spec: tiny, figures: {{ params: \"{sum}\" }} }}", Row("tiny", "params", $"{value}")).Expect(0);

    [Theory]
    [InlineData("paramters", "there is no figure 'paramters'. Did you mean 'parameters'?")]
    [InlineData("parameters until", "cannot be read at character 12")]
    [InlineData("parameters statistics", "cannot be read at character 12")]
    [InlineData("", "cannot be read at character 1")]
    [InlineData("boxes of conv1", "'boxes' are counted for the whole detector")]
    [InlineData("99999999999999999999 * parameters", "too large a factor")]
    [InlineData("{x} * parameters", "no word for {x}")]
    public void A_sum_that_cannot_be_read_is_named_with_its_place(string sum, string message)
    {
        var run = Check($"- facts: tiny\n  spec: tiny\n  figures:\n    params: \"{sum}\"\n", Row("tiny", "params", "1")).Expect(1);
        Assert.Contains("facts-map.yaml(4,13): error FACTS: ", run.Error);
        Assert.Contains(message, run.Error, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("conv.wieght", "has no tensors 'conv.wieght'. Did you mean 'conv.weight'?")]
    [InlineData("parameters of sied", "has no node 'sied'. Did you mean 'side'?")]
    public void A_sum_over_what_a_model_lacks_disagrees_and_says_why(string sum, string message) =>
        Found(Check($"- {{ facts: tiny, spec: tiny, figures: {{ params: {sum} }} }}", Row("tiny", "params", "1")).Expect(1), message);

    [Fact]
    public void Patterns_fill_names_arguments_and_nodes()
    {
        const string Map = """
            - facts: "net-{kind}/w{w}"
              where: { kind: { small: tiny } }
              spec: "{kind}"
              arguments: { width: "{w}" }
              nodes: { "layer{n}": "conv{n}" }
            """;
        Check(Map, Row("net-small/w3", "channels:layer2", "12"), Row("net-small/w3", "params", "172")).Expect(0);
        Found(Check(Map, Row("net-large/w3", "params", "1")).Expect(1), "unmapped");
    }

    [Fact]
    public void The_first_entry_that_answers_a_row_counts()
    {
        const string Map = """
            - { facts: tiny, source: "*without biases*", spec: tiny, figures: { params: parameters - conv.bias } }
            - { facts: tiny, input: "*x64x64", reason: too large }
            - { facts: "*", quantity: params, spec: tiny }
            """;
        var run = Check(
            Map, Row("tiny", "params", "136", "a table without biases"), Row("tiny", "params", "140"), Row("tiny", "params", "1", "x", "[3, 64, 64]")).Expect(0);
        Assert.Contains("3 rows: 2 agree, 0 disagree, 0 disagree with a reason, 0 unmapped, 1 unmapped with a reason", run.Output);
    }

    [Fact]
    public void Rows_without_an_entry_fail_and_rows_with_a_reason_do_not()
    {
        var unmapped = Check("- { facts: tinyy, reason: not declared yet }", Row("tiny", "params", "1")).Expect(1);
        Found(unmapped, "Did you mean 'tinyy'?");
        Assert.Contains("facts-map.yaml(1,3): no row is of 'tinyy'.", unmapped.Error);

        Found(Check("- { facts: tiny, reason: not declared yet }", Row("tiny", "params", "1")).Expect(0), "not declared yet");
        Found(Check("- { facts: tiny, spec: tiny, nodes: { x: { reason: only a picture } } }", Row("tiny", "size:x", "1")).Expect(0), "only a picture");
    }

    [Fact]
    public void Facts_that_are_wrong_need_a_reason_and_a_reason_needs_wrong_facts()
    {
        const string Map = "- { facts: tiny, spec: tiny, figures: { params: { is: parameters, reason: the table forgets a bias } } }";
        Found(Check(Map, Row("tiny", "params", "136")).Expect(0), "disagree with a reason");
        Assert.Contains("every row agrees that has the reason: the table forgets a bias", Check(Map, Row("tiny", "params", "140")).Expect(0).Error);
    }

    [Theory]
    [InlineData("- { facts: tiny, spec: tinny }", "there is no model 'tinny'. Did you mean 'tiny'?")]
    [InlineData("- { facts: tiny, spec: tiny, arguments: { wdith: 2 } }", "Did you mean 'width'?")]
    [InlineData("- { facts: tiny, spec: tiny, arguments: { width: two } }", "'two' is no number")]
    public void A_spec_that_cannot_be_counted_disagrees_and_says_why(string map, string message) =>
        Found(Check(map, Row("tiny", "params", "1")).Expect(1), message);

    [Theory]
    [InlineData("facts: tiny", "A facts map is a list of entries")]
    [InlineData("", "The file is empty")]
    [InlineData("- { spec: tiny }", "names with 'facts' the models")]
    [InlineData("- { facts: tiny }", "has a 'spec', or a 'reason'")]
    [InlineData("- { facts: tiny, spce: tiny, reason: r }", "'spce' is not a key of an entry. Did you mean 'spec'?")]
    [InlineData("- { facts: \"a{n}\", spec: \"b{m}\" }", "no word for {m}")]
    [InlineData("- { facts: a, where: { n: [b] }, spec: tiny }", "has no place {n}")]
    [InlineData("- { facts: a, spec: tiny, nodes: { a: { is: b } } }", "lacks the 'reason'")]
    [InlineData("- { facts: [a", "DG0001")]
    public void A_map_that_is_wrong_is_refused_with_its_place(string map, string message)
    {
        var run = Check(map, Row("tiny", "params", "1")).Expect(1);
        Assert.Contains("facts-map.yaml(1,", run.Error);
        Assert.Contains(message, run.Error);
    }

    [Theory]
    [InlineData("{}", "a facts file is a list of rows")]
    [InlineData("[{ \"model\": 3 }]", "row 1: 'value' must be")]
    [InlineData("[{ \"model\": 3, \"value\": 3 }]", "row 1: 'model' must be text")]
    [InlineData("[{ \"model\": \"a\", \"quantity\": \"b\", \"value\": 3, \"input\": 224 }]", "row 1: 'input' must be [channels, height, width]")]
    [InlineData("[{]", "no JSON")]
    public void Facts_that_cannot_be_read_are_named(string facts, string message)
    {
        folder.Write("specs/facts-map.yaml", "- { facts: tiny, spec: tiny }");
        Assert.Contains(message, CommandLine.Run("check", folder.Write("facts.json", facts), "--map", folder["specs/facts-map.yaml"]).Expect(1).Error);
    }

    [Fact]
    public void An_input_that_the_spec_does_not_allow_matters_to_what_depends_on_it()
    {
        Found(Check("- { facts: tiny, spec: tiny }", Row("tiny", "size:conv1", "2", "s", "[3, 4, 4]")).Expect(1), "does not take an input of 3x4x4");
        Check("- { facts: tiny, spec: tiny }", Row("tiny", "params", "140", "s", "[3, 4, 4]"), Row("tiny", "params", "140", "s", "null")).Expect(0);
    }

    [Fact]
    public void Json_has_every_row_and_the_counts()
    {
        var json = Check("- { facts: tiny, spec: tiny }", ["--json"], Row("tiny", "params", "140"), Row("tiny", "size:conv1", "3")).Expect(1).Json();
        Assert.Equal(
            ["rowCount", "agree", "disagree", "disagreeWithReason", "unmapped", "unmappedWithReason", "rows"],
            json.EnumerateObject().Select(p => p.Name));
        Assert.Equal((2, 1, 1), (json.GetProperty("rowCount").GetInt32(), json.GetProperty("agree").GetInt32(), json.GetProperty("disagree").GetInt32()));
        Assert.Equal(
            """{"model":"tiny","input":{"channels":3,"height":32,"width":32},"quantity":"size:conv1","source":"s","theirs":[3],"verdict":"disagree","comparedWith":"tiny","ours":[16,16]}""",
            JsonSerializer.Serialize(json.GetProperty("rows")[1]));
    }

    [SkippableFact]
    public void Every_figure_of_the_backbones_agrees()
    {
        var facts = RepositoryFiles.Shared("facts/checks-backbones.json");
        var run = CommandLine.Run("check", facts, "--map", RepositoryFiles.Path("models/facts-map.yaml"), "--json").Expect(0).Json();
        Assert.Equal(run.GetProperty("rowCount").GetInt32(), run.GetProperty("agree").GetInt32());
    }

    [Fact]
    public void The_repositorys_map_can_be_read_and_names_only_models_that_there_are()
    {
        var map = RepositoryFiles.Path("models/facts-map.yaml");
        var facts = folder.Write("facts.json", "[" + Row("mobilenet_v1.features", "params", "3206976") + "]");
        CommandLine.Run("check", facts, "--map", map).Expect(0);
    }

    private static string Row(string model, string quantity, string value, string source = "s", string input = "[3, 32, 32]") =>
        $$"""{ "model": "{{model}}", "input": {{input}}, "quantity": "{{quantity}}", "value": {{value}}, "source": "{{source}}" }""";

    private static string Found(Outcome run, string text)
    {
        var words = string.Join(' ', run.Output.Split((char[])[' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries));
        var parts = text.StartsWith("theirs ", StringComparison.Ordinal) ? text.Replace("theirs ", "", StringComparison.Ordinal).Replace(" ours ", " ", StringComparison.Ordinal) : text;
        Assert.Contains(parts, words);
        return text;
    }

    private Outcome Check(string map, params string[] rows) => Check(map, [], rows);

    private Outcome Check(string map, string[] options, params string[] rows)
    {
        folder.Write("specs/facts-map.yaml", map);
        var facts = folder.Write("facts.json", "[" + string.Join(',', rows) + "]");
        return CommandLine.Run(["check", facts, "--map", folder["specs/facts-map.yaml"], .. options]);
    }
}
