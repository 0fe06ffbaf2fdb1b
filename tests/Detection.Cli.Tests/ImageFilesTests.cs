// Which files IMAGES stands for.
using Detection.Runtime;
using Xunit;

namespace Detection.Cli.Tests;

public sealed class ImageFilesTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public ImageFilesTests()
    {
        foreach (var name in new[] { "b.png", "a.jpg", "notes.txt", "sub/c.PNG", "sub/deep/d.webp", "odd[1].png", "x1.png", "x22.png" })
        {
            folder.Write(name, "");
        }
    }

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("b.png", "b.png")]
    [InlineData("notes.txt", "notes.txt")]
    [InlineData("odd[1].png", "odd[1].png")]
    [InlineData(".", "./a.jpg ./b.png ./odd[1].png ./x1.png ./x22.png")]
    [InlineData("sub", "sub/c.PNG")]
    [InlineData("*.png", "b.png odd[1].png x1.png x22.png")]
    [InlineData("x?.png", "x1.png")]
    [InlineData("**/*.PNG", "sub/c.PNG")]
    [InlineData("sub/**", "sub/c.PNG sub/deep/d.webp")]
    [InlineData("sub/*", "sub/c.PNG")]
    [InlineData("*/*/d.*", "sub/deep/d.webp")]
    [InlineData("./*.jpg", "./a.jpg")]
    public void Arguments_become_files(string argument, string expected)
    {
        var before = Directory.GetCurrentDirectory();
        Directory.SetCurrentDirectory(folder.Path);
        try
        {
            var files = ImageFiles.Of([argument]);
            Assert.Equal(expected.Split(' '), files.Files);
            Assert.Empty(files.Failures);

            var absolute = ImageFiles.Of([folder[argument]]);
            Assert.Equal(files.Files.Select(Path.GetFullPath), absolute.Files.Select(Path.GetFullPath));
        }
        finally
        {
            Directory.SetCurrentDirectory(before);
        }
    }

    [Theory]
    [InlineData("nothing.png", "no such file")]
    [InlineData("*.gif", "no image matches")]
    [InlineData("nowhere/*.png", "no image matches")]
    [InlineData("empty", "no images")]
    public void Arguments_without_a_file_are_failures(string argument, string problem)
    {
        Directory.CreateDirectory(folder["empty"]);
        var files = ImageFiles.Of([folder[argument]]);
        Assert.Empty(files.Files);
        Assert.Contains(problem, Assert.Single(files.Failures).Problem);
    }
}
