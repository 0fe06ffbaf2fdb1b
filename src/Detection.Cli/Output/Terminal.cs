// Where output goes. On a terminal tables, colours and progress are Spectre's; elsewhere lines are plain, complete and never wrapped.
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Detection.Cli;

internal sealed class Terminal
{
    private static readonly JsonSerializerOptions JsonFormat = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    // Null where the stream is not a terminal.
    private readonly IAnsiConsole? outputConsole;
    private readonly IAnsiConsole? errorConsole;

    private Terminal(TextWriter output, IAnsiConsole? outputConsole, TextWriter error, IAnsiConsole? errorConsole)
    {
        Output = output;
        Error = error;
        this.outputConsole = outputConsole;
        this.errorConsole = errorConsole;
    }

    /// <summary>Standard output as a plain writer.</summary>
    public TextWriter Output { get; }

    /// <summary>Standard error as a plain writer.</summary>
    public TextWriter Error { get; }

    /// <summary>Columns of the terminal; null where output does not go to one and has no width.</summary>
    public int? Width => outputConsole?.Profile.Width;

    /// <summary>The process's console.</summary>
    public static Terminal OfConsole() => new(
        Console.Out,
        Console.IsOutputRedirected ? null : CreateConsole(Console.Out),
        Console.Error,
        Console.IsErrorRedirected ? null : CreateConsole(Console.Error));

    /// <summary>Writers that are not a terminal.</summary>
    public static Terminal OfWriters(TextWriter output, TextWriter error) => new(output, null, error, null);

    /// <summary>Writers that behave as a terminal of the given width, for tests of what a terminal shows.</summary>
    internal static Terminal Simulated(TextWriter output, TextWriter error, int width, string? noColor = null)
    {
        var console = CreateConsole(output, noColor, AnsiSupport.Yes);
        var errors = CreateConsole(error, noColor, AnsiSupport.Yes);
        console.Profile.Width = errors.Profile.Width = width;
        return new Terminal(output, console, error, errors);
    }

    /// <summary>Writes a line of results.</summary>
    public void Line(string text = "")
    {
        if (outputConsole is { } console)
        {
            console.Write(new Text(text + "\n"));
        }
        else
        {
            Output.WriteLine(text);
        }
    }

    /// <summary>Writes a line that stands above what follows.</summary>
    public void Heading(string text)
    {
        if (outputConsole is { } console)
        {
            console.Write(new Text(text + "\n", new Style(decoration: Decoration.Bold)));
        }
        else
        {
            Output.WriteLine(text);
        }
    }

    /// <summary>Writes a table.</summary>
    public void Show(DataTable table)
    {
        if (outputConsole is { } console)
        {
            console.Write(table.ToSpectre());
        }
        else
        {
            table.WritePlain(Output);
        }
    }

    /// <summary>Writes a document; with <c>--json</c> the only thing on standard output.</summary>
    public void Json<T>(T document) => Output.WriteLine(ToJson(document));

    /// <summary>The document as text, properties in the order of their declaration.</summary>
    public static string ToJson<T>(T document) => JsonSerializer.Serialize(document, JsonFormat);

    /// <summary>Says on standard error what went wrong.</summary>
    public void Problem(string message) => Message("error: ", message, Color.Red);

    /// <summary>Says on standard error what may be wrong.</summary>
    public void Warning(string message) => Message("warning: ", message, Color.Yellow);

    /// <summary>Writes a line on standard error as it is.</summary>
    public void ErrorLine(string text) => Error.WriteLine(text);

    /// <summary>Runs work of several steps, with a progress bar where there is a terminal to show it on.</summary>
    /// <param name="title">What is being done.</param>
    /// <param name="steps">How many steps.</param>
    /// <param name="quietOutput">Standard output is kept for a JSON document: the bar goes to standard error.</param>
    /// <param name="work">Is given an action to call after each step.</param>
    public void WithProgress(string title, int steps, bool quietOutput, Action<Action> work)
    {
        // Lines of results and the bar must go through the same console, or they overwrite each other.
        var console = quietOutput || outputConsole is null ? errorConsole : outputConsole;
        if (steps < 2 || console is null)
        {
            work(() => { });
            return;
        }
        console.Progress().AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(progress =>
            {
                var task = progress.AddTask(Markup.Escape(title), maxValue: steps);
                work(() => task.Increment(1));
            });
    }

    /// <summary>Runs work that is watched: on a terminal one display is drawn again whenever the work asks for it.</summary>
    /// <param name="render">What the display shows now.</param>
    /// <param name="quietOutput">Standard output is kept for a JSON document: the display goes to standard error.</param>
    /// <param name="work">Is given an action that draws the display again; null where output does not go to a terminal.</param>
    public void WithDisplay(Func<IRenderable> render, bool quietOutput, Action<Action?> work)
    {
        var console = quietOutput ? errorConsole : outputConsole;
        if (console is null)
        {
            // Lines take its place, in the file that output goes to.
            work(null);
            return;
        }
        console.Live(render()).Start(display => work(() => display.UpdateTarget(render())));
    }

    private void Message(string label, string message, Color color)
    {
        if (errorConsole is { } console)
        {
            console.Write(new Text(label, new Style(color)));
        }
        else
        {
            Error.Write(label);
        }
        Error.WriteLine(message);
    }

    private static IAnsiConsole CreateConsole(TextWriter writer) =>
        CreateConsole(writer, Environment.GetEnvironmentVariable("NO_COLOR"), AnsiSupport.Detect);

    private static IAnsiConsole CreateConsole(TextWriter writer, string? noColor, AnsiSupport ansi) => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Ansi = ansi,
        // no-color.org: present and not empty.
        ColorSystem = !string.IsNullOrEmpty(noColor) ? ColorSystemSupport.NoColors
            : ansi == AnsiSupport.Yes ? ColorSystemSupport.Standard
            : ColorSystemSupport.Detect,
        Interactive = ansi == AnsiSupport.Yes ? InteractionSupport.Yes : InteractionSupport.Detect,
        Out = new AnsiConsoleOutput(writer),
    });
}
