// Safetensors: what is written is read back, and every kind of wrong header is refused in words.
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Detection.Runtime.Tests;

public class SafetensorsTests
{
    private static readonly Gen<StoredTensor> AnyTensor =
        from type in Gen.Elements(Enum.GetValues<StoredDataType>())
        from dimensions in Gen.Choose(0, 3)
        from shape in Gen.Choose(0, 4).ArrayOf(dimensions)
        from seed in Gen.Choose(0, 1000)
        select Random(type, shape, seed);

    private static StoredTensor Random(StoredDataType type, int[] shape, int seed)
    {
        var bytes = new byte[shape.Aggregate(1, (a, b) => a * b) * StoredDataTypes.Size(type)];
        new Random(seed).NextBytes(bytes);
        return new StoredTensor("", type, [.. shape.Select(extent => (long)extent)], bytes);
    }

    [Fact]
    public void What_is_written_is_read_back() =>
        Prop.ForAll(AnyTensor.ArrayOf().ToArbitrary(), values =>
        {
            using var folder = new TemporaryFolder();
            StoredTensor[] tensors = [.. values.Select((tensor, i) => tensor with { Name = $"\"näme\" {i}\n" })];
            Safetensors.Write(folder["a.safetensors"], tensors, new Dictionary<string, string> { ["ключ"] = "a\"b" });
            var file = Safetensors.Read(folder["a.safetensors"]);
            return file.Metadata["ключ"] == "a\"b" && file.Tensors.Count == tensors.Length && tensors.All(expected =>
            {
                var actual = file.Tensors.Single(t => t.Name == expected.Name);
                return actual.DataType == expected.DataType && actual.Shape.SequenceEqual(expected.Shape)
                    && actual.Bytes.Span.SequenceEqual(expected.Bytes.Span);
            });
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Data_is_aligned_and_the_header_padded()
    {
        using var folder = new TemporaryFolder();
        Safetensors.Write(folder["a"], [Random(StoredDataType.Bool, [3], 1) with { Name = "b" }, Random(StoredDataType.Float64, [2], 2) with { Name = "d" }]);
        var bytes = File.ReadAllBytes(folder["a"]);
        Assert.Equal(0, BitConverter.ToInt64(bytes) % 8);
        Assert.Equal((byte)'{', bytes[8]);
        Assert.Equal(["d", "b"], Safetensors.Read(folder["a"]).Tensors.Select(t => t.Name));
    }

    [Fact]
    public void Equal_or_reserved_names_are_not_written_and_leave_no_file()
    {
        using var folder = new TemporaryFolder();
        var tensor = Random(StoredDataType.Bool, [1], 1) with { Name = "a" };
        Assert.Throws<ArgumentException>(() => Safetensors.Write(folder["x"], [tensor, tensor]));
        Assert.Throws<ArgumentException>(() => Safetensors.Write(folder["x"], [tensor with { Name = "__metadata__" }]));
        Assert.Throws<ArgumentException>(() => Safetensors.Write(folder["x"], [tensor with { Shape = [2] }]));
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    private const string Good = """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""";

    public static TheoryData<string, int, string> WrongHeaders => new()
    {
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}""", 8, "not valid JSON" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}x""", 8, "not valid JSON" },
        { Good + Good, 8, "not valid JSON" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}""", 16, "has the key 'a' twice" },
        { """{"a":{"dtype":"F33","shape":[2],"data_offsets":[0,8]}}""", 8, "the type 'F33', which is not supported" },
        { """{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", 8, "gives 'a' 8 bytes, but its shape [3] of F32 needs 12" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 4, "'a' ends at byte 8 of the data, which has 4" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 12, "accounts for 8 bytes of data, but the file has 12" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", 8, "are no range" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8,9]}}""", 9, "are no range" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}""", 8, "whole numbers from 0" },
        { """{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", 8, "whole numbers from 0" },
        { """{"a":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}}""", 8, "whole numbers from 0" },
        { """{"a":{"dtype":"F32","shape":[1e0,2],"data_offsets":[0,8]}}""", 8, "whole numbers from 0" },
        { """{"a":{"dtype":"F32","shape":["2"],"data_offsets":[0,8]}}""", 8, "whole numbers from 0" },
        { """{"a":{"dtype":"F32","shape":2,"data_offsets":[0,8]}}""", 8, "no list" },
        { """{"a":{"dtype":"F32","shape":[9223372036854775807,9223372036854775807],"data_offsets":[0,8]}}""", 8, "needs too many" },
        { """{"a":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,8]}}""", 8, "whole numbers from 0" },
        { """{"a":{"dtype":"F32","data_offsets":[0,8]}}""", 8, "lacks dtype, shape or data_offsets for 'a'" },
        { """{"a":{"dtype":"F32","shape":[2],"shape":[2],"data_offsets":[0,8]}}""", 8, "repeated or wrong 'shape' for 'a'" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"extra":1}}""", 8, "'extra' for 'a'" },
        { """{"a":[]}""", 0, "something other than an object under 'a'" },
        { """[]""", 0, "is neither a safetensors file" },
        { """{"__metadata__":{"a":1}}""", 0, "metadata 'a' that is not text" },
        { """{"__metadata__":{"a":"1","a":"2"}}""", 0, "has the metadata key 'a' twice" },
        { """{"__metadata__":{},"__metadata__":{}}""", 0, "has the key '__metadata__' twice" },
        { """{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}}""", 6, "lets 'b' overlap 'a'" },
        { """{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[6,10]}}""", 10, "gap between 'a' and 'b'" },
        { """{"a":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}}""", 6, "gap between the start and 'a'" },
        { """{"a":{"b":{"c":{"d":{"e":{"f":{"g":{"h":{"i":1}}}}}}}}}""", 0, "'b' for 'a'" },
    };

    [Theory]
    [MemberData(nameof(WrongHeaders))]
    public void A_wrong_header_is_refused_in_words(string header, int dataBytes, string problem)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("model.safetensors", WeightFiles.Safetensors(header, dataBytes));
        var error = Assert.Throws<WeightFileException>(() => WeightFile.Read(path));
        Assert.StartsWith(path + ": ", error.Message);
        Assert.Contains(problem, error.Message);
    }

    [Theory]
    [InlineData(ulong.MaxValue, "would be 18446744073709551615 bytes long")]
    [InlineData(100_000_001ul, "limit 100000000")]
    [InlineData(99_999_999ul, "is truncated")]
    [InlineData(55ul, "is truncated")]
    public void A_wrong_header_length_is_refused_before_anything_is_allocated(ulong length, string problem)
    {
        using var folder = new TemporaryFolder();
        var bytes = WeightFiles.Safetensors(Good, 0);
        BitConverter.GetBytes(length).CopyTo(bytes, 0);
        Assert.Contains(problem, Assert.Throws<WeightFileException>(() => Safetensors.Read(folder.Write("a", bytes))).Message);
    }

    [Fact]
    public void A_truncated_file_is_refused_wherever_it_was_cut()
    {
        using var folder = new TemporaryFolder();
        var whole = WeightFiles.Safetensors(Good, 8);
        Assert.Single(WeightFile.Read(folder.Write("whole", whole)).Tensors);
        for (var length = 0; length < whole.Length; length++)
        {
            var path = folder.Write("cut", whole[..length]);
            Assert.Contains(path, Assert.Throws<WeightFileException>(() => WeightFile.Read(path)).Message);
        }
    }

    [Fact]
    public void Files_that_are_missing_folders_or_something_else_are_named()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("no such file", Assert.Throws<WeightFileException>(() => WeightFile.Read(folder["none"])).Message);
        Assert.Contains("is a folder", Assert.Throws<WeightFileException>(() => WeightFile.Read(folder.Path)).Message);
        Assert.Contains("is neither a safetensors file nor a PyTorch checkpoint",
            Assert.Throws<WeightFileException>(() => WeightFile.Read(folder.Write("text", "Hello, I am a text."u8.ToArray()))).Message);
    }

    [SkippableFact]
    public void A_file_of_the_reference_implementation_is_read()
    {
        var file = WeightFile.Read(RepositoryFiles.Shared("weights/ultraface_slim_320/version-slim-320.safetensors"));
        Assert.Equal(WeightFileFormat.Safetensors, file.Format);
        Assert.Equal(184, file.Tensors.Count);
        var shape = file.Tensors.Single(t => t.Name == "base_net.0.0.weight").Shape.ToArray();
        Assert.Equal([16L, 3, 3, 3], shape);
        Assert.Equal([], file.Tensors.Single(t => t.Name == "base_net.0.1.num_batches_tracked").Shape.ToArray());
    }
}
