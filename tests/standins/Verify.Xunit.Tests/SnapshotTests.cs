// Snapshots: found beside the test, compared with normalised line ends, explained when they differ.
using System.Runtime.CompilerServices;
using VerifyTests;

namespace Verify.Xunit.Tests;

public sealed class SnapshotTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("snapshots").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public Task AnEqualTextPassesAgainstTheFileBesideTheTest() => Verifier.Verify("first line\nsecond line");

    [Theory]
    [InlineData(1, "a/b")]
    [InlineData(2, "c")]
    public Task ParametersArePartOfTheFileName(int count, string name) =>
        Verifier.Verify($"{count} {name}").UseParameters(count, name);

    [Theory]
    [InlineData("text", "text")]
    [InlineData("text\n", "text")]
    [InlineData("a\r\nb", "a\nb")]
    [InlineData("a\nb", "a\r\nb")]
    [InlineData("\uFEFFtext", "text")]
    public async Task LineEndsByteOrderMarksAndAFinalLineEndInTheFileDoNotCount(string verified, string received)
    {
        Write("S.verified.txt", verified);
        await Verify("S", received);
    }

    [Fact]
    public async Task AMissingLineEndInTheFileCounts()
    {
        Write("S.verified.txt", "text");
        await Assert.ThrowsAsync<VerifyException>(() => Verify("S", "text\n"));
    }

    [Fact]
    public async Task ADifferentTextFailsNamesBothFilesAndIsWritten()
    {
        Write("S.verified.txt", "one\ntwo\nthree");
        var error = await Assert.ThrowsAsync<VerifyException>(() => Verify("S", "one\n2\nthree"));
        Assert.Contains("S.received.txt", error.Message);
        Assert.Contains("S.verified.txt", error.Message);
        Assert.Contains("two", error.Message);
        Assert.Contains("2", error.Message);
        Assert.Equal("one\n2\nthree", Read("S.received.txt"));
    }

    [Fact]
    public async Task AMissingFileFailsAndTheTextIsWritten()
    {
        var error = await Assert.ThrowsAsync<VerifyException>(() => Verify("S", "new text"));
        Assert.Contains("S.verified.txt", error.Message);
        Assert.Contains("new text", error.Message);
        Assert.Equal("new text", Read("S.received.txt"));
        Assert.False(File.Exists(Path.Combine(_directory, "S.verified.txt")));
    }

    [Fact]
    public async Task AnEqualTextRemovesWhatAFailureLeft()
    {
        Write("S.verified.txt", "text");
        Write("S.received.txt", "old");
        await Verify("S", "text");
        Assert.False(File.Exists(Path.Combine(_directory, "S.received.txt")));
    }

    [Fact]
    public async Task AnotherExtensionIsAnotherFileAndTheOldOneMustGo()
    {
        Write("S.verified.cs", "class C;");
        await Verifier.Verify("class C;", "cs").UseDirectory(_directory).UseFileName("S").DisableDiff();
        Write("S.verified.txt", "stale");
        var error = await Assert.ThrowsAsync<VerifyException>(
            () => Verifier.Verify("class C;", "cs").UseDirectory(_directory).UseFileName("S").DisableRequireUniquePrefix().DisableDiff());
        Assert.Contains("S.verified.txt", error.Message);
    }

    [Fact]
    public async Task TheMethodNameAndTheParameterTextCanBeChosen()
    {
        Write("SnapshotTests.Other_part one.verified.txt", "x");
        await Verifier.Verify("x").UseDirectory(_directory).UseMethodName("Other").UseTextForParameters("part one").DisableDiff();
    }

    [Fact]
    public async Task SettingsCanBeSharedWithoutBeingChanged()
    {
        var settings = new VerifySettings();
        settings.UseDirectory(_directory);
        settings.DisableDiff();
        Write("A.verified.txt", "a");
        Write("B.verified.txt", "b");
        await Verifier.Verify("a", settings).UseFileName("A");
        await Verifier.Verify("b", settings).UseFileName("B");
    }

    [Fact]
    public async Task OneNameTwiceInARunIsAMistakeUnlessAllowed()
    {
        Write("S.verified.txt", "x");
        await Verify("S", "x");
        await Assert.ThrowsAnyAsync<Exception>(() => Verify("S", "x"));
        await Verifier.Verify("x").UseDirectory(_directory).UseFileName("S").DisableRequireUniquePrefix().DisableDiff();
    }

    private SettingsTask Verify(string name, string received, [CallerFilePath] string sourceFile = "") =>
        Verifier.Verify(received, null, sourceFile).UseDirectory(_directory).UseFileName(name).DisableDiff();

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_directory, name), text);

    private string Read(string name) => File.ReadAllText(Path.Combine(_directory, name));
}
