// Pickles that want to execute something, exhaust memory or confuse the reader: refused, by name, quickly.
using System.Diagnostics;
using System.Text;
using Xunit;

namespace Detection.Runtime.Tests;

public class HostilePickleTests
{
    public static TheoryData<string, string> Globals => new()
    {
        { "os", "system" },
        { "posix", "system" },
        { "builtins", "eval" },
        { "__builtin__", "eval" },
        { "builtins", "exec" },
        { "builtins", "getattr" },
        { "subprocess", "Popen" },
        { "torch.hub", "load" },
        { "torch", "load" },
        { "torch._utils", "_rebuild_tensor_v2.__globals__" },
        { "numpy.core.multiarray", "scalar" },
        { "collections", "defaultdict" },
        { "torch.FloatStorage", "" },
    };

    private static WeightFileException Refuse(byte[] pickle)
    {
        using var folder = new TemporaryFolder();
        WeightFileException? first = null;
        foreach (var content in new[] { WeightFiles.Zip(pickle), WeightFiles.Legacy(pickle) })
        {
            var path = folder.Write("hostile.pth", content);
            var error = Assert.Throws<WeightFileException>(() => WeightFile.Read(path));
            Assert.StartsWith(path + ": ", error.Message);
            first ??= error;
        }
        return first!;
    }

    [Theory]
    [MemberData(nameof(Globals))]
    public void A_global_that_is_not_allowed_is_named_with_its_position(string module, string name)
    {
        var error = Refuse(WeightFiles.Pickle().Global(module, name).Text("touch /tmp/owned").Raw(0x85).Op('R').Stop());
        Assert.Contains($"'{module}.{name}' at byte 2,", error.Message);
        Assert.Contains("nothing was executed", error.Message);
    }

    [Fact]
    public void Other_ways_to_name_a_global_are_seen_too()
    {
        Assert.Contains("'os.system'", Refuse(WeightFiles.Pickle().Text("os").Text("system").Raw(0x93).Op(')').Op('R').Stop()).Message);
        Assert.Contains("'os.system'", Refuse(WeightFiles.Pickle().Op('(').Text("x").Raw([(byte)'i', .. "os\nsystem\n"u8]).Stop()).Message);
        // Protocol 0, in plain letters; the file is then no checkpoint at all in the legacy form, so only the zip form is tried.
        using var folder = new TemporaryFolder();
        var path = folder.Write("a.pth", WeightFiles.Zip("cos\nsystem\n(S'ls'\ntR."u8.ToArray()));
        Assert.Contains("'os.system' at byte 0,", Assert.Throws<WeightFileException>(() => WeightFile.Read(path)).Message);
    }

    public static TheoryData<string> TrickNames => [.. Tricks.Keys];

    // By name: some are megabytes long, and the test platform would copy them around.
    private static readonly Dictionary<string, (byte[] Pickle, string Problem)> Tricks = new()
    {
        ["creates an object (NEWOBJ)"] = (WeightFiles.Pickle().Global("collections", "OrderedDict").Op(')').Raw(0x81).Stop(), "instruction 0x81"),
        ["creates an object (OBJ)"] = (WeightFiles.Pickle().Op('(').Global("collections", "OrderedDict").Op('o').Stop(), "instruction 'o'"),
        ["an extension code"] = (WeightFiles.Pickle().Raw(0x82, 1).Stop(), "instruction 0x82"),
        ["calls a text"] = (WeightFiles.Pickle().Text("eval").Op(')').Op('R').Stop(), "not a known global"),
        ["calls without a tuple"] = (WeightFiles.Pickle().Global("collections", "OrderedDict").Op('N').Op('R').Stop(), "without a tuple"),
        ["sets the attributes of a type"] = (WeightFiles.Pickle().Global("torch", "FloatStorage").Op('}').Op('b').Stop(), "set attributes of"),
        ["rebuilds from nonsense"] = (WeightFiles.Pickle().Global("torch._utils", "_rebuild_tensor_v2").Text("x").Raw(0x85).Op('R').Stop(), "arguments that do not fit"),
        ["pops an empty stack"] = (WeightFiles.Pickle().Op('0').Stop(), "empty stack"),
        ["pops below a mark"] = (WeightFiles.Pickle().Op('N').Op('(').Op('0').Stop(), "empty stack"),
        ["stops with nothing"] = (WeightFiles.Pickle().Stop(), "empty stack"),
        ["a mark that is not there"] = (WeightFiles.Pickle().Op('t').Stop(), "a mark that is not there"),
        ["recalls what was never stored"] = (WeightFiles.Pickle().Raw((byte)'h', 7).Stop(), "recalls value 7"),
        ["appends to a number"] = (WeightFiles.Pickle().Op('N').Op('N').Op('a').Stop(), "not a list"),
        ["a key without a value"] = (WeightFiles.Pickle().Op('}').Op('(').Text("a").Op('u').Stop(), "a key without a value"),
        ["a list as a key"] = (WeightFiles.Pickle().Op('}').Op(']').Op('N').Op('s').Stop(), "neither text nor integer"),
        ["deep marks"] = (WeightFiles.Pickle().Repeat('(', 100_000).Stop(), "nested more than 1000 deep"),
        ["a tall stack"] = (WeightFiles.Pickle().Repeat('N', 1_000_000).Stop(), "a stack of more than 100000 values"),
        ["a long program"] = (WeightFiles.Pickle().Op('N').Raw([.. Enumerable.Range(0, 5_000_000).Select(i => (byte)(i % 2 == 0 ? 'N' : '0'))]).Stop(), "instructions"),
        ["a text of 4 GB"] = (WeightFiles.Pickle().Raw((byte)'X', 0xff, 0xff, 0xff, 0xff).Stop(), "would take 4294967295 bytes"),
        ["a text of negative length"] = (WeightFiles.Pickle().Raw((byte)'T', 0xff, 0xff, 0xff, 0xff).Stop(), "would take -1 bytes"),
        ["text that is not UTF-8"] = (WeightFiles.Pickle().Raw((byte)'X', 1, 0, 0, 0, 0xff).Stop(), "not UTF-8"),
        ["an integer of 200 bytes"] = (WeightFiles.Pickle().Raw([0x8a, 200, .. new byte[200]]).Stop(), "an integer of 200 bytes"),
        ["an endless line"] = (WeightFiles.Pickle().Raw([(byte)'c', .. Encoding.ASCII.GetBytes(new string('a', 5000))]).Stop(), "a line of more than 1024 bytes"),
        ["an unknown protocol"] = ([0x80, 2, 0x80, 9, (byte)'N', (byte)'.'], "unknown protocol 9"),
        ["a persistent id that is no storage"] = (WeightFiles.Pickle().Tuple(1, 2).Op('Q').Stop(), "does not describe a storage"),
        ["a storage of negative size"] = (WeightFiles.Pickle().StateDict("0", -4, 0, [1], [1]).Stop(), "does not describe a storage"),
    };

    [Theory]
    [MemberData(nameof(TrickNames))]
    public void A_trick_is_refused_quickly(string trick)
    {
        var (pickle, problem) = Tricks[trick];
        var watch = Stopwatch.StartNew();
        Assert.Contains(problem, Refuse(pickle).Message);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20));
    }

    public static TheoryData<string, long, long, long[], long[], string> WrongViews => new()
    {
        { "past the end", 4, 0, [5], [1], "reaches outside its storage" },
        { "past the end by its offset", 4, 3, [2], [1], "reaches outside its storage" },
        { "past the end by its stride", 4, 0, [2], [4], "reaches outside its storage" },
        { "before the start", 4, -1, [1], [1], "impossible" },
        { "backwards", 4, 3, [2], [-1], "impossible" },
        { "a negative extent", 4, 0, [-1], [1], "impossible" },
        { "more extents than strides", 4, 0, [1, 1], [1], "impossible" },
        { "an overflowing shape", 4, 0, [long.MaxValue, long.MaxValue], [0, 0], "impossible" },
        { "an overflowing stride", 4, 0, [3, 3], [long.MaxValue, long.MaxValue], "reaches outside its storage" },
        { "an overflowing offset", 4, long.MaxValue, [2], [1], "reaches outside its storage" },
        { "a terabyte out of four numbers", 4, 0, [1 << 20, 1 << 20], [0, 0], "more elements than its storage" },
    };

    [Theory]
    [MemberData(nameof(WrongViews))]
    public void A_tensor_that_does_not_lie_in_its_storage_is_refused(string what, long count, long offset, long[] shape, long[] strides, string problem)
    {
        using var folder = new TemporaryFolder();
        var pickle = WeightFiles.Pickle().StateDict("0", count, offset, shape, strides).Stop();
        byte[] keys = WeightFiles.Pickle().Op(']').Text("0").Op('a').Stop();
        foreach (var content in new[]
        {
            WeightFiles.Zip(pickle, ("data/0", new byte[16])),
            WeightFiles.Legacy(pickle, [.. keys, 4, 0, 0, 0, 0, 0, 0, 0, .. new byte[16]]),
        })
        {
            var error = Assert.Throws<WeightFileException>(() => WeightFile.Read(folder.Write("a.pth", content)));
            Assert.True(error.Message.Contains(problem), $"{what}: {error.Message}");
        }
    }

    [Fact]
    public void A_storage_that_claims_terabytes_is_refused_before_it_is_allocated()
    {
        using var folder = new TemporaryFolder();
        var pickle = WeightFiles.Pickle().StateDict("0", 1L << 40, 0, [4], [1]).Stop();
        byte[] keys = WeightFiles.Pickle().Op(']').Text("0").Op('a').Stop();
        Assert.Contains("the pickle needs 4398046511104", Assert.Throws<WeightFileException>(() =>
            WeightFile.Read(folder.Write("a.pth", WeightFiles.Zip(pickle, ("data/0", new byte[16]))))).Message);
        Assert.Contains("truncated or damaged", Assert.Throws<WeightFileException>(() =>
            WeightFile.Read(folder.Write("a.pth", WeightFiles.Legacy(pickle, [.. keys, 0, 0, 0, 0, 0, 1, 0, 0, .. new byte[16]])))).Message);
    }

    [Fact]
    public void A_dictionary_that_contains_itself_ends_the_search()
    {
        var error = Refuse(WeightFiles.Pickle().Op('}').Raw((byte)'q', 0).Text("model").Raw((byte)'h', 0).Op('s').Stop());
        Assert.Contains("does not hold a state dict", error.Message);
    }

    [Fact]
    public void Nested_copies_of_copies_take_no_memory()
    {
        // Every level holds the one before twice: 2^200 leaves, if anything walked them.
        var pickle = WeightFiles.Pickle().Op('N');
        for (var i = 0; i < 200; i++)
        {
            pickle.Op('2').Raw(0x86);
        }
        Assert.Contains("not a dictionary", Refuse(pickle.Stop()).Message);
    }

    [Fact]
    public void Many_copied_views_of_one_storage_are_bounded()
    {
        using var folder = new TemporaryFolder();
        // A thousand transposed views of one megabyte.
        var pickle = WeightFiles.Pickle().Op('}');
        for (var i = 0; i < 1000; i++)
        {
            pickle.Text($"w{i}").Global("torch._utils", "_rebuild_tensor_v2").Op('(').Storage("0", 512 * 512).Integer(0).Tuple(512, 512).Tuple(1, 512).Op('t').Op('R').Op('s');
        }
        Assert.Contains("repeat more data than the file holds", Assert.Throws<WeightFileException>(() =>
            WeightFile.Read(folder.Write("a.pth", WeightFiles.Zip(pickle.Stop(), ("data/0", new byte[512 * 512 * 4]))))).Message);
    }
}
