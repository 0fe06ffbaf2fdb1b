// Files of proposals: our own and those of other programs, found by the names of images; what is wrong is said with file and image.
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Xunit;

namespace Detection.Runtime.Tests;

public sealed class ImageProposalsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void What_is_written_is_read_back_whatever_the_order_of_the_images()
    {
        var all = new ImageProposals { Origin = "a search" };
        all.Add(Images("a.jpg", "b.png"), new StoredProposals([[1, 2, 3, 4, 5, 6, 7, 8], []], [[0.9f, 0.1f], []]));
        all.Add(Images("sub/c.jpg"), new StoredProposals([[0, 0, 9, 9]], [[-3f]]));
        all.Write(folder["p.safetensors"]);

        var read = ImageProposals.Read(folder["p.safetensors"]);
        Assert.Equal(("a search", 3), (read.Origin, read.Count));
        var stored = read.Of(Images("elsewhere/c.jpg", "b.png", "a.jpg"));
        Assert.Equal([[0, 0, 9, 9], [], [1, 2, 3, 4, 5, 6, 7, 8]], stored.Boxes.AsEnumerable());
        Assert.Equal([[-3f], [], [0.9f, 0.1f]], stored.Scores.AsEnumerable());
        Assert.Equal([1, 2, 3, 4], read.Of(Images("a.jpg"), keep: 1).Boxes[0]);
        Assert.Equal([new Box(1, 2, 3, 4)], read.Of("x/a.jpg", keep: 1));
        Assert.Null(read.Of("d.jpg"));
    }

    [Fact]
    public void Lines_of_image_score_and_edges_are_sorted_by_score()
    {
        File.WriteAllText(folder["p.txt"], "000001 0.25 1 2 30 40\n\n000002\t7 0 0 5 5\n000001 0.75 3 4.5 10 20\n");
        var stored = ImageProposals.Read(folder["p.txt"]).Of(Images("000001.jpg", "000002.jpg"));
        Assert.Equal([[3, 4.5f, 10, 20, 1, 2, 30, 40], [0, 0, 5, 5]], stored.Boxes.AsEnumerable());
        Assert.Equal([[0.75f, 0.25f], [7f]], stored.Scores.AsEnumerable());
    }

    [Fact]
    public void Results_of_COCO_belong_to_the_numbers_of_images()
    {
        File.WriteAllText(folder["p.json"], """
            [{"image_id": 7, "category_id": 3, "bbox": [1, 2, 10, 20], "score": 0.5}, {"image_id": 42, "bbox": [0, 0, 4, 4]}, {"image_id": 42, "bbox": [1, 1, 4, 4]}]
            """);
        var read = ImageProposals.Read(folder["p.json"]);
        var numbered = Images("x.jpg", "y.jpg") is var images ? images with { Samples = [images.Samples[0] with { Id = 42 }, images.Samples[1] with { Id = 7 }] } : null!;
        Assert.Equal([[0, 0, 4, 4, 1, 1, 5, 5], [1, 2, 11, 22]], read.Of(numbered).Boxes.AsEnumerable());
        Assert.Equal([[1, 2, 11, 22]], read.Of(Images("val2017/000000000007.jpg")).Boxes.AsEnumerable());
    }

    [Theory]
    [InlineData(4, StoredDataType.Float32)]
    [InlineData(5, StoredDataType.Float64)]
    public void Tensors_of_another_program_are_called_as_the_images(int columns, StoredDataType type)
    {
        double[] rows = columns == 4 ? [1, 2, 3, 4, 5, 6, 7, 8] : [1, 2, 3, 4, 0.1, 5, 6, 7, 8, 0.2];
        var bytes = type == StoredDataType.Float32 ? MemoryMarshal.AsBytes(rows.Select(v => (float)v).ToArray().AsSpan()).ToArray() : MemoryMarshal.AsBytes(rows.AsSpan()).ToArray();
        Safetensors.Write(folder["p.safetensors"], [new StoredTensor("000005", type, [2, columns], bytes), new StoredTensor("none.png", type, [0, columns], Array.Empty<byte>())]);
        var stored = ImageProposals.Read(folder["p.safetensors"]).Of(Images("000005.jpg", "none.png"));
        Assert.Empty(stored.Boxes[1]);
        // Without scores the order counts.
        Assert.Equal(columns == 4 ? [1, 2, 3, 4, 5, 6, 7, 8] : [5f, 6, 7, 8, 1, 2, 3, 4], stored.Boxes[0]);
    }

    [Fact]
    public void Of_several_files_the_last_counts()
    {
        File.WriteAllText(folder["a.txt"], "1 0.5 1 1 2 2\n2 0.5 3 3 4 4\n");
        File.WriteAllText(folder["b.txt"], "2 0.5 5 5 6 6\n");
        var read = ImageProposals.Read(folder["a.txt"], folder["b.txt"]);
        Assert.Equal([[1, 1, 2, 2], [5, 5, 6, 6]], read.Of(Images("1.jpg", "2.jpg")).Boxes.AsEnumerable());
        Assert.Equal("a.txt; b.txt", read.Origin);
    }

    [Fact]
    public void Images_without_proposals_are_counted_and_one_is_named()
    {
        File.WriteAllText(folder["p.txt"], "other 0.5 1 1 2 2\n");
        var message = Assert.Throws<DatasetException>(() => ImageProposals.Read(folder["p.txt"]).Of(Images("a.jpg", "other.jpg", "b.jpg"))).Message;
        Assert.Equal("There are no proposals for 2 of 3 images, such as a.jpg. Those that there are belong to images with names such as 'other'.", message);
        Assert.Contains("none at all", Assert.Throws<DatasetException>(() => new ImageProposals().Of(Images("a.jpg"))).Message);
    }

    [Theory]
    [InlineData("p.txt", "a 0.5 1 2 3\n", "line 1 is not an image's name, a score and four edges: 'a 0.5 1 2 3'")]
    [InlineData("p.txt", "a 0.5 1 2 3 four\n", "line 1")]
    [InlineData("p.txt", "a 0.5 1 2 NaN 4\n", "line 1")]
    [InlineData("p.txt", "a 0.5 1 2 Infinity 4\n", "a proposal of image 'a' has an edge or a score that is no number")]
    [InlineData("p.json", "[{\"image_id\": 1}]", "proposal 0 has not both image_id and bbox of four numbers")]
    [InlineData("p.json", "[{\"image_id\": 1, \"bbox\": [1, 2, 3]}]", "proposal 0")]
    [InlineData("p.json", "{\"images\": []}", "is no list of proposals in COCO's format of results")]
    [InlineData("p.json", "[null]", "proposal 0")]
    [InlineData("p.pkl", "", "proposals are read from .safetensors, .json (COCO's results) and .txt")]
    [InlineData("p.safetensors", "nothing", "p.safetensors")]
    public void What_is_wrong_with_a_file_is_said(string name, string content, string problem)
    {
        File.WriteAllText(folder[name], content);
        var message = Assert.Throws<DatasetException>(() => ImageProposals.Read(folder[name])).Message;
        Assert.StartsWith(folder[name], message);
        Assert.Contains(problem, message);
    }

    [Fact]
    public void Other_tensors_damaged_files_and_absent_ones_are_refused()
    {
        Safetensors.Write(folder["w.safetensors"], [new StoredTensor("conv1", StoredDataType.Float32, [2, 3], new byte[24])]);
        Assert.Contains("the tensor 'conv1' is Float32 [2, 3]", Assert.Throws<DatasetException>(() => ImageProposals.Read(folder["w.safetensors"])).Message);
        var all = new ImageProposals();
        all.Add(Images("a.jpg"), new StoredProposals([[1, 2, 3, 4]], [[1]]));
        all.Write(folder["p.safetensors"]);
        var bytes = File.ReadAllBytes(folder["p.safetensors"]);
        bytes[^1] ^= 1;
        File.WriteAllBytes(folder["p.safetensors"], bytes);
        Assert.Contains("damaged", Assert.Throws<DatasetException>(() => ImageProposals.Read(folder["p.safetensors"])).Message);
        Assert.Contains("there is no such file of proposals", Assert.Throws<DatasetException>(() => ImageProposals.Read(folder["absent.txt"])).Message);
    }

    [Fact]
    public void Images_of_one_name_cannot_be_told_apart()
    {
        var message = Assert.Throws<DatasetException>(() => new ImageProposals().Add(Images("a/1.jpg", "b/1.jpg"), new StoredProposals([[], []], [[], []]))).Message;
        Assert.Contains("a/1.jpg and b/1.jpg have the same name", message);
    }

    private static DetectionDataset Images(params string[] paths) => new()
    {
        ClassNames = ["thing"],
        Samples = [.. paths.Select(path => new DataSample(path, 50, 50, []))],
    };
}
