// A verb of the command line: its name, arguments, examples, and what it does. Every verb is one class in Verbs/.
using System.CommandLine;

namespace Detection.Cli;

/// <summary>A command with examples in its help, run synchronously: torch's gradient mode and dispose scopes are bound to the thread.</summary>
internal abstract class Verb : Command
{
    protected Verb(Session session, string name, string description)
        : base(name, description)
    {
        Session = session;
        SetAction(Run);
    }

    /// <summary>Command lines for the help, without the word <c>detgen</c>, each with what it is for.</summary>
    public abstract IReadOnlyList<(string CommandLine, string Purpose)> Examples { get; }

    protected Session Session { get; }

    protected Terminal Terminal => Session.Terminal;

    /// <summary>Does the work.</summary>
    /// <returns>The exit code; failures are better thrown, see <see cref="Failures"/>.</returns>
    protected abstract int Run(ParseResult parsed);
}
