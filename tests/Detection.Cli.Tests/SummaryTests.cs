// list and summary: figures, sizes, depth, specs as files.
using System.Text.Json;
using Xunit;

namespace Detection.Cli.Tests;

public class SummaryTests
{
    [Fact]
    public void List_shows_every_model_on_one_line()
    {
        var lines = CommandLine.Run("list").Expect(0).Output.TrimEnd().Split(Environment.NewLine);
        Assert.Equal(
            [
                "name         kind        input    parameters  multiply-adds  summary",
                "colors       classifier  3x8x8            12              9  Tells which colour channel is the strongest.",
                "red-squares  oneStage    3x32x32         603          9,504  Finds cells that are red.",
                "trunk        backbone    3x32x32         579          9,216  Three channels of cells.",
            ],
            lines);
    }

    [Theory]
    [InlineData(new[] { "red-*" }, new[] { "red-squares" })]
    [InlineData(new[] { "trunk", "C*S" }, new[] { "colors", "trunk" })]
    [InlineData(new[] { "*" }, new[] { "colors", "red-squares", "trunk" })]
    public void List_of_some_names_shows_those(string[] names, string[] expected) =>
        Assert.Equal(expected, CommandLine.Run(["list", .. names, "--json"]).Expect(0).Json().EnumerateArray().Select(row => row.GetProperty("name").GetString()));

    [Fact]
    public void List_of_a_name_that_no_model_has_is_wrong_use() =>
        Assert.Contains("No model of the list is called 'trunc'. Did you mean 'trunk'?", CommandLine.Run("list", "red-*", "trunc").Expect(2).Error);

    [Fact]
    public void List_as_json_keeps_the_order_of_its_properties()
    {
        var first = CommandLine.Run("list", "--json").Expect(0).Json()[0];
        Assert.Equal(
            ["name", "kind", "input", "parameters", "multiplyAdds", "classes", "summary", "specHash"],
            first.EnumerateObject().Select(p => p.Name));
        Assert.Equal("classifier", first.GetProperty("kind").GetString());
    }

    [Fact]
    public Task Summary_shows_nodes_totals_and_default_boxes() => Verify(CommandLine.Run("summary", "red-squares").Expect(0).Output);

    [Fact]
    public Task Summary_as_json() => Verify(CommandLine.Run("summary", "red-squares", "--json").Expect(0).Output);

    [Theory]
    [InlineData("models/backbones/mobilenet-v1.yaml", "3x224x224", 3_206_976, 567_716_352L, null)]
    [InlineData("models/ssd/ultraface-slim-320.yaml", "3x240x320", 260_188, null, 4420)]
    [InlineData("models/backbones/squeezenet-1.0-classifier.yaml", "3x227x227", 1_248_424, null, null)]
    public void Figures_of_the_shipped_specs(string path, string input, long parameters, long? multiplyAdds, int? boxes)
    {
        var json = CommandLine.Run("summary", RepositoryFiles.Path(path), "--json").Expect(0).Json();
        var totals = json.GetProperty("totals");
        var size = json.GetProperty("input");
        Assert.Equal(input, $"{size.GetProperty("channels")}x{size.GetProperty("height")}x{size.GetProperty("width")}");
        Assert.Equal(multiplyAdds ?? totals.GetProperty("multiplyAdds").GetInt64(), totals.GetProperty("multiplyAdds").GetInt64());
        Assert.Equal(boxes, json.TryGetProperty("detection", out var detection) ? detection.GetProperty("boxCount").GetInt32() : null);
        Assert.Equal(parameters, totals.GetProperty("parameters").GetInt64());
    }

    [Fact]
    public void Rows_add_up_to_the_totals_at_every_depth()
    {
        foreach (var depth in new[] { "1", "2", "3" })
        {
            var json = CommandLine.Run("summary", RepositoryFiles.Path("models/backbones/mobilenet-v1.yaml"), "--json", "--depth", depth).Expect(0).Json();
            foreach (var figure in new[] { "parameters", "statistics", "multiplyAdds" })
            {
                Assert.Equal(
                    json.GetProperty("totals").GetProperty(figure).GetInt64(),
                    json.GetProperty("nodes").EnumerateArray().Sum(n => n.GetProperty(figure).GetInt64()));
            }
            Assert.Equal(depth == "1" ? 14 : 81, json.GetProperty("nodes").GetArrayLength());
        }
    }

    [Fact]
    public void Another_input_size_changes_shapes_and_costs_but_not_parameters()
    {
        JsonElement At(params string[] size) =>
            CommandLine.Run(["summary", RepositoryFiles.Path("models/backbones/mobilenet-v1.yaml"), "--json", .. size]).Expect(0).Json();
        var (nominal, larger) = (At(), At("--input", "3x448x448"));
        long Total(JsonElement json, string figure) => json.GetProperty("totals").GetProperty(figure).GetInt64();
        Assert.Equal(Total(nominal, "parameters"), Total(larger, "parameters"));
        Assert.Equal(4 * Total(nominal, "multiplyAdds"), Total(larger, "multiplyAdds"));
        Assert.Equal("[1024,14,14]", larger.GetProperty("outputs")[2].GetProperty("shape").GetRawText().Replace(" ", "").Replace("\n", ""));
    }

    [Fact]
    public void A_part_folded_into_one_row_gives_what_its_last_operator_gives()
    {
        var folded = CommandLine.Run("summary", RepositoryFiles.Path("models/ssd/mobilenet-v1-ssd.yaml"), "--json", "--depth", "1").Expect(1);
        Assert.Contains("mobilenet-v1", folded.Error);

        var backbones = CommandLine.Run("summary", RepositoryFiles.Path("models/backbones/squeezenet-1.0-classifier.yaml"), "--json", "--depth", "1").Expect(0).Json();
        var features = backbones.GetProperty("nodes")[0];
        Assert.Equal("squeezenet-1.0", features.GetProperty("operator").GetString());
        var fire9 = features.GetProperty("outputs").EnumerateArray().Single(o => o.GetProperty("name").GetString() == "fire9");
        Assert.Equal([512, 13, 13], fire9.GetProperty("shape").EnumerateArray().Select(e => e.GetInt32()));
        Assert.Equal([16, 16], fire9.GetProperty("stride").EnumerateArray().Select(e => e.GetInt32()));
    }

    [Fact]
    public void A_spec_may_refer_to_its_neighbours_and_to_the_catalogues()
    {
        using var folder = new TemporaryFolder();
        folder.Write("base.yaml", "spec: 1\nmodel: my-base\nkind: backbone\ninput: { size: [16, 16] }\nnodes:\n  a: { op: conv, out: 4, kernel: 1 }\ntaps: { a: a }\n");
        var own = folder.Write("own.yaml", "spec: 1\nmodel: my-own\nextends: my-base\nnodes:\n  $insert: { b: { op: conv, out: 5, kernel: 1 } }\n");
        Assert.Contains("5x16x16", CommandLine.Run("summary", own).Expect(0).Output);

        var ours = folder.Write("ours.yaml", "spec: 1\nmodel: my-trunk\nextends: trunk\n");
        Assert.Contains("3x4x4", CommandLine.Run("summary", ours).Expect(0).Output);
    }

    [Fact]
    public void Errors_of_a_spec_come_with_path_line_and_column()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("bad.yaml", "spec: 1\nmodel: bad\nkind: backbone\ninput: { size: [16, 16] }\nnodes:\n  a: { op: cnov, out: 4, kernel: 1 }\ntaps: { a: a }\n");
        var run = CommandLine.Run("summary", path).Expect(1);
        Assert.Contains($"{path}(6,12): error DG0201: There is no operator, block or model 'cnov'. Did you mean 'conv'?", run.Error);

        var problem = CommandLine.Run("summary", path, "--json").Expect(1).Json().GetProperty("diagnostics")[0];
        Assert.Equal((path, 6, 12, "DG0201"), (
            problem.GetProperty("path").GetString(), problem.GetProperty("line").GetInt32(), problem.GetProperty("column").GetInt32(),
            problem.GetProperty("id").GetString()));
    }

    [Fact]
    public void Models_are_found_whatever_their_capitals() => Assert.Contains("colors", CommandLine.Run("summary", "Colors").Expect(0).Output);
}
