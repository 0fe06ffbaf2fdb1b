// PyTorch checkpoints: everything torch.save puts into a state dict, in the zip form and in the legacy form.
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Detection.Runtime.Tests;

public class PytorchCheckpointTests
{
    [Theory]
    [InlineData("checkpoint-zip.pth", WeightFileFormat.PytorchZip)]
    [InlineData("checkpoint-legacy.pth", WeightFileFormat.PytorchLegacy)]
    [InlineData("checkpoint-protocol4.pth", WeightFileFormat.PytorchZip)]
    public void Every_kind_of_tensor_is_read(string asset, WeightFileFormat format)
    {
        using var scope = NewDisposeScope();
        var file = PytorchCheckpoint.Read(RepositoryFiles.Asset(asset));
        Assert.Equal(format, file.Format);
        var tensors = file.Tensors.ToDictionary(t => t.Name, t => t.ToTensor());
        void Floats(string name, long[] shape, params float[] expected)
        {
            Assert.Equal(shape, tensors[name].shape);
            Assert.Equal(expected, tensors[name].to(ScalarType.Float32).Floats());
        }
        void Integers(string name, ScalarType type, params long[] expected)
        {
            Assert.Equal(type, tensors[name].dtype);
            Assert.Equal(expected, tensors[name].to(ScalarType.Int64).Longs());
        }
        Floats("weight", [1, 2], 0.25f, -4); // parameters
        Floats("bias", [1], 1.5f);
        Floats("plain", [2, 3], 0, 1, 2, 3, 4, 5);
        Floats("transposed", [3, 2], 0, 3, 1, 4, 2, 5);
        Floats("first_view", [3], 2, 3, 4); // two views of one storage
        Floats("second_view", [4], 4, 5, 6, 7);
        Floats("every_third", [3], 1, 4, 7);
        Floats("half", [2], 0.5f, -2);
        Floats("brain", [2], 1.5f, 3);
        Floats("double", [1], 0.1f);
        Floats("empty", [0, 4]);
        Assert.Equal(ScalarType.Float16, tensors["half"].dtype);
        Assert.Equal(ScalarType.BFloat16, tensors["brain"].dtype);
        Assert.Equal(ScalarType.Float64, tensors["double"].dtype);
        Integers("long", ScalarType.Int64, -1, 1L << 40);
        Integers("int", ScalarType.Int32, -7);
        Integers("short", ScalarType.Int16, -300);
        Integers("char", ScalarType.Int8, -3);
        Integers("byte", ScalarType.Byte, 200);
        Integers("flag", ScalarType.Bool, 1, 0, 1);
        Integers("scalar", ScalarType.Int64, 7);
        Assert.Empty(tensors["scalar"].shape);
        Assert.Equal(18, tensors.Count);
    }

    [Theory]
    [InlineData("checkpoint-zip.pth")]
    [InlineData("checkpoint-legacy.pth")]
    public void A_truncated_checkpoint_is_refused_wherever_it_was_cut(string asset)
    {
        using var folder = new TemporaryFolder();
        var whole = File.ReadAllBytes(RepositoryFiles.Asset(asset));
        for (var length = 0; length < whole.Length; length += 13)
        {
            var path = folder.Write("cut.pth", whole[..length]);
            Assert.StartsWith(path, Assert.Throws<WeightFileException>(() => WeightFile.Read(path)).Message);
        }
    }

    [Fact]
    public void A_flipped_bit_in_a_storage_of_a_zip_is_noticed()
    {
        using var folder = new TemporaryFolder();
        var bytes = File.ReadAllBytes(RepositoryFiles.Asset("checkpoint-zip.pth"));
        // Two neighbouring values of the tensor 'plain'.
        byte[] oneAndTwo = [0, 0, 0x80, 0x3f, 0, 0, 0, 0x40];
        bytes[bytes.AsSpan().IndexOf(oneAndTwo)] ^= 1;
        Assert.Contains("wrong checksum", Assert.Throws<WeightFileException>(() => WeightFile.Read(folder.Write("a.pth", bytes))).Message);
    }

    [Fact]
    public void Random_damage_is_an_error_with_the_files_name_or_harmless_but_never_anything_else()
    {
        using var folder = new TemporaryFolder();
        var random = new Random(3);
        foreach (var asset in new[] { "checkpoint-zip.pth", "checkpoint-legacy.pth" })
        {
            var whole = File.ReadAllBytes(RepositoryFiles.Asset(asset));
            for (var round = 0; round < 400; round++)
            {
                var bytes = (byte[])whole.Clone();
                for (var i = 0; i <= round % 4; i++)
                {
                    bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                }
                var path = folder.Write("damaged.pth", bytes);
                try
                {
                    WeightFile.Read(path);
                }
                catch (WeightFileException e)
                {
                    Assert.StartsWith(path, e.Message);
                }
            }
        }
    }

    [Theory]
    [InlineData("state_dict")]
    [InlineData("model_state_dict")]
    [InlineData("model")]
    public void A_state_dict_is_found_inside_the_usual_wrappers(string wrapper)
    {
        using var folder = new TemporaryFolder();
        var pickle = WeightFiles.Pickle().Op('}').Text("epoch").Integer(3).Op('s').Text(wrapper).StateDict("0", 2, 0, [2], [1]).Op('s').Stop();
        var file = WeightFile.Read(folder.Write("a.pth", WeightFiles.Zip(pickle, ("data/0", new byte[8]))));
        Assert.Equal("w", Assert.Single(file.Tensors).Name);
    }

    [Theory]
    [InlineData(3, 2, null)]
    [InlineData(7, 2, "does not lie within it")]
    [InlineData(-1, 2, "does not lie within it")]
    public void A_view_of_a_storage_in_the_legacy_form_begins_where_it_says(long start, long viewed, string? problem)
    {
        using var folder = new TemporaryFolder();
        var pickle = WeightFiles.Pickle().Op('}').Text("w").Global("torch._utils", "_rebuild_tensor").Op('(').StorageView("0", 8, start, viewed)
            .Integer(1).Tuple(1).Tuple(1).Op('t').Op('R').Op('s').Stop();
        byte[] keys = WeightFiles.Pickle().Op(']').Text("0").Op('a').Stop();
        byte[] storage = [8, 0, 0, 0, 0, 0, 0, 0, .. Enumerable.Range(0, 8).SelectMany(i => BitConverter.GetBytes((float)i))];
        var path = folder.Write("a.pth", WeightFiles.Legacy(pickle, [.. keys, .. storage]));
        if (problem is null)
        {
            using var tensor = Assert.Single(WeightFile.Read(path).Tensors).ToTensor();
            Assert.Equal([4f], tensor.Floats());
        }
        else
        {
            Assert.Contains(problem, Assert.Throws<WeightFileException>(() => WeightFile.Read(path)).Message);
        }
    }

    public static TheoryData<string, byte[], string> NoStateDicts => new()
    {
        { "a list", WeightFiles.Pickle().Op(']').Stop(), "its content is not a dictionary" },
        { "nothing", WeightFiles.Pickle().Op('}').Stop(), "empty state dict" },
        { "numbers", WeightFiles.Pickle().Op('}').Text("epoch").Integer(3).Op('s').Stop(), "'epoch' is not a named tensor" },
    };

    [Theory]
    [MemberData(nameof(NoStateDicts))]
    public void A_checkpoint_without_a_state_dict_says_so(string what, byte[] pickle, string problem)
    {
        using var folder = new TemporaryFolder();
        Assert.Contains(problem, Assert.Throws<WeightFileException>(() => WeightFile.Read(folder.Write($"{what}.pth", WeightFiles.Zip(pickle)))).Message);
    }

    [Fact]
    public void Other_archives_are_told_apart()
    {
        using var folder = new TemporaryFolder();
        void Refused(byte[] content, string problem) =>
            Assert.Contains(problem, Assert.Throws<WeightFileException>(() => WeightFile.Read(folder.Write("a.pth", content))).Message);
        var pickle = WeightFiles.Pickle().StateDict("0", 2, 0, [2], [1]).Stop();
        Refused(WeightFiles.Archive(System.IO.Compression.CompressionLevel.NoCompression, ("readme.txt", [1])), "not a PyTorch checkpoint");
        Refused(WeightFiles.Zip(pickle, ("data/0", new byte[8]), ("constants.pkl", [])), "TorchScript");
        Refused(WeightFiles.Zip(pickle, ("data/0", new byte[8]), ("byteorder", "big"u8.ToArray())), "big-endian");
        Refused(WeightFiles.Zip(pickle), "lacks the storage '0'");
        Refused(WeightFiles.Zip(pickle, ("data/0", new byte[7])), "has 7 bytes, the pickle needs 8");
        Refused(WeightFiles.Archive(System.IO.Compression.CompressionLevel.Optimal, ("a/data.pkl", pickle), ("a/data/0", new byte[1000])), "is compressed");
    }

    [SkippableFact]
    public void UltraFaces_legacy_file_is_bit_equal_to_its_safetensors_file()
    {
        var legacy = WeightFile.Read(RepositoryFiles.Shared("weights/ultraface_slim_320/version-slim-320.pth"));
        var safe = WeightFile.Read(RepositoryFiles.Shared("weights/ultraface_slim_320/version-slim-320.safetensors"));
        Assert.Equal(WeightFileFormat.PytorchLegacy, legacy.Format);
        Assert.Equal(184, legacy.Tensors.Count);
        var expected = safe.Tensors.ToDictionary(t => t.Name);
        Assert.All(legacy.Tensors, tensor =>
        {
            Assert.Equal(expected[tensor.Name].DataType, tensor.DataType);
            Assert.Equal(expected[tensor.Name].Shape.ToArray(), tensor.Shape.ToArray());
            Assert.True(expected[tensor.Name].Bytes.Span.SequenceEqual(tensor.Bytes.Span), tensor.Name);
        });
    }
}
