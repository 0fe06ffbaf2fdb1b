// The page about a training in a real browser: no message on its console, every picture loads. Left out where no browser is installed.
using System.Diagnostics;
using System.Text.RegularExpressions;
using Xunit;

namespace Detection.Cli.Tests;

public sealed partial class ReportInBrowserTests(TrainedOnce trained) : IClassFixture<TrainedOnce>
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

    private static string? Browser => Environment.GetEnvironmentVariable("CHROME") is { Length: > 0 } named
        ? named
        : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .SelectMany(folder => Names.Select(name => Path.Combine(folder, name))).FirstOrDefault(File.Exists);

    // The document after loading, and what the page wrote to its console.
    private static (string Document, IReadOnlyList<string> Console) Open(string browser, string page, TemporaryFolder folder)
    {
        string[] arguments =
        [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", $"--user-data-dir={folder["profile"]}",
            "--enable-logging=stderr", "--virtual-time-budget=20000", "--dump-dom", new Uri(page).AbsoluteUri,
        ];
        using var process = Process.Start(new ProcessStartInfo(browser, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        var document = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(120_000))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{browser} did not end");
        }
        return (document.Result, [.. error.Result.Split('\n').Where(line => line.Contains(":CONSOLE", StringComparison.Ordinal))]);
    }

    // Counts what has loaded where the page itself has no script to do so. The document waits for pictures in HTML; those in SVG it draws when they come.
    private static string WithCounter(string html) => html.Replace(
        "</body>",
        """
        <script>
        for (const drawn of document.querySelectorAll("svg image")) {
          document.body.append(Object.assign(new Image(), { src: drawn.getAttribute("href"), hidden: true }));
        }
        addEventListener("load", () => {
          const loaded = [...document.images].filter(image => image.complete && image.naturalWidth > 0).length;
          const wide = document.documentElement.scrollWidth > document.documentElement.clientWidth ? "too wide" : "fits";
          document.title = `${loaded} of ${document.images.length} images, ${wide}`;
        });</script></body>
        """,
        StringComparison.Ordinal);

    [SkippableFact]
    public void The_report_opens_without_errors_and_all_its_pictures_load()
    {
        var browser = Browser;
        Skip.If(browser is null, $"No browser is installed: none of {string.Join(", ", Names)} is in PATH, and CHROME names none.");
        using var folder = new TemporaryFolder();
        var page = folder.Write("report.html", WithCounter(File.ReadAllText(Path.Combine(trained.Output, "report.html"))));
        var (document, console) = Open(browser!, page, folder);
        Assert.Empty(console);
        Assert.Contains("<title>6 of 6 images, fits</title>", document);
        Assert.Equal(2 + 6, Svg().Count(document));
    }

    [SkippableFact]
    public void The_page_about_an_evaluation_opens_with_its_charts_and_pictures()
    {
        var browser = Browser;
        Skip.If(browser is null, "No browser is installed.");
        using var folder = new TemporaryFolder();
        CommandLine.Run([], "eval", "rendered-shapes-ssd", "--weights", trained.BestWeights, "--data", trained.Data, "--report", folder["report"]).Expect(0);
        var html = File.ReadAllText(folder["report/index.html"]);
        var page = folder.Write("report/counted.html", WithCounter(html));
        var (document, console) = Open(browser!, page, folder);
        Assert.Empty(console);
        var (charts, pictures) = (Directory.GetFiles(folder["report"], "*.svg").Length, Svg().Count(html));
        Assert.True(charts > 3 && pictures > 0, $"{charts} charts, {pictures} pictures");
        Assert.Contains($"<title>{charts + pictures} of {charts + pictures} images, fits</title>", document);
    }

    [SkippableFact]
    public void The_page_of_augmented_images_opens_with_all_of_them()
    {
        var browser = Browser;
        Skip.If(browser is null, "No browser is installed.");
        using var folder = new TemporaryFolder();
        CommandLine.Run([], "augment", "ssd300-vgg16-voc", "--data", trained.Data, "--out", folder["augmented"], "--images", "3").Expect(0);
        var page = folder.Write("augmented/counted.html", WithCounter(File.ReadAllText(folder["augmented/index.html"])));
        var (document, console) = Open(browser!, page, folder);
        Assert.Empty(console);
        Assert.Contains("<title>18 of 18 images, fits</title>", document);
    }

    [SkippableFact]
    public void An_error_on_a_page_is_seen()
    {
        var browser = Browser;
        Skip.If(browser is null, "No browser is installed.");
        using var folder = new TemporaryFolder();
        var page = folder.Write(
            "broken.html", WithCounter("<!DOCTYPE html><html><head><title>x</title></head><body><img src='data:image/jpeg;base64,AAAA'/><script>nothing.here()</script></body></html>"));
        var (document, console) = Open(browser!, page, folder);
        Assert.Contains(console, line => line.Contains("nothing is not defined", StringComparison.Ordinal));
        Assert.Contains("<title>0 of 1 images, fits</title>", document);
    }

    [GeneratedRegex("<svg[ >]")]
    private static partial Regex Svg();
}
