// Files of the repository that are made from the compiler's tables. A test keeps the checked-in copy equal;
// DETECTION_GEN_ACCEPT=1 dotnet test tests/Detection.Spec.Tests writes it anew.
namespace Detection.Spec.Tests.Manuals;

/// <summary>Compares generated texts with their checked-in copies.</summary>
internal static class CheckedIn
{
    public static void IsEqual(string path, string generated)
    {
        var file = Path.Combine(Repository.Root, path);
        if (Environment.GetEnvironmentVariable("DETECTION_GEN_ACCEPT") == "1")
        {
            File.WriteAllText(file, generated);
        }

        var kept = File.Exists(file) ? File.ReadAllText(file) : "";
        Assert.True(kept == generated, $"{path} is not what the tables make; run the tests with DETECTION_GEN_ACCEPT=1 to write it anew, and look at the difference.\n{FirstDifference(kept, generated)}");
    }

    private static string FirstDifference(string kept, string generated)
    {
        var (a, b) = (kept.Split('\n'), generated.Split('\n'));
        var line = Enumerable.Range(0, Math.Max(a.Length, b.Length)).FirstOrDefault(i => a.ElementAtOrDefault(i) != b.ElementAtOrDefault(i));
        return $"line {line + 1}\n- {a.ElementAtOrDefault(line)}\n+ {b.ElementAtOrDefault(line)}";
    }
}
