// Proposals of a data set on disk: what goes in comes out, and nothing else is accepted.
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Detection.Runtime.Tests;

public class StoredProposalsTests
{
    [Fact]
    public void Proposals_of_a_detector_are_written_and_read_back()
    {
        using var folder = new TemporaryFolder();
        var data = SmallDatasets.WriteVoc(folder["data"], 5, 60, 40);
        File.WriteAllText(data.Samples[3].ImagePath, "no image");
        random.manual_seed(2);
        using var detector = new TinyTwoStage();
        detector.eval();
        var done = new List<int>();
        var computed = StoredProposals.Compute(detector, data, new ProposalSelection { MinimumSize = 0, Keep = 7, Coder = detector.Head.Proposals!.Selection.Coder }, new Reports(done));
        Assert.Equal([1, 2, 3, 4, 5], done);
        Assert.Equal([7, 7, 7, 0, 7], computed.Scores.Select(scores => scores.Length));
        var alone = detector.Propose([RgbImage.Load(data.Samples[1].ImagePath)])[0];
        Assert.Equal(new[] { alone[0].Box.X1, alone[0].Box.Y1, alone[0].Box.X2, alone[0].Box.Y2 }, computed.Boxes[1][..4]);
        Assert.All(computed.Boxes[1].Where((_, i) => i % 4 == 2), x => Assert.InRange(x, 0, 60));

        computed.Write(folder["proposals"], "some data");
        var read = StoredProposals.Read(folder["proposals"], "some data");
        Assert.Equal(computed.Boxes.AsEnumerable(), read.Boxes.AsEnumerable());
        Assert.Equal(computed.Scores.AsEnumerable(), read.Scores.AsEnumerable());
        Assert.Equal(computed.Checksum, read.Checksum);
        Assert.NotEqual(computed.Checksum, new StoredProposals(read.Boxes, [.. read.Scores.Select(of => of.Select(score => score + 1).ToArray())]).Checksum);
    }

    [Fact]
    public void Damaged_files_and_those_of_other_data_are_refused()
    {
        using var folder = new TemporaryFolder();
        new StoredProposals([[1, 2, 3, 4], []], [[0.5f], []]).Write(folder["proposals"], "some data");
        Assert.Contains("other images", Assert.Throws<WeightFileException>(() => StoredProposals.Read(folder["proposals"], "other data")).Message);
        var bytes = File.ReadAllBytes(folder["proposals"]);
        bytes[^1] ^= 1;
        File.WriteAllBytes(folder["damaged"], bytes);
        Assert.Contains("damaged", Assert.Throws<WeightFileException>(() => StoredProposals.Read(folder["damaged"], "some data")).Message);
        RunStateFile.WriteChecked(folder["weights"], [], new Dictionary<string, string>());
        Assert.Contains("no proposals", Assert.Throws<WeightFileException>(() => StoredProposals.Read(folder["weights"], "some data")).Message);
    }

    private sealed class Reports(List<int> done) : IProgress<int>
    {
        public void Report(int value) => done.Add(value);
    }
}
