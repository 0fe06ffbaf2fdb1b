// Messages for a command line that does not parse, with the verb or option that was probably meant.
using System.CommandLine;
using System.CommandLine.Parsing;
using Detection.Spec.Diagnostics;

namespace Detection.Cli;

internal static class UsageErrors
{
    public static void Write(Terminal terminal, ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        if (parsed.UnmatchedTokens.Count > 0)
        {
            var word = parsed.UnmatchedTokens[0];
            terminal.Problem($"'{word}' is not {Expected(command, word)}.{Suggestion.Phrase(word, Candidates(parsed, word))}");
        }
        else if (Missing(parsed) is { Length: > 0 } missing)
        {
            terminal.Problem($"{string.Join(' ', Path(parsed.CommandResult).Skip(1))} needs {string.Join(" and ", missing)}.");
        }
        else if (command is not Verb)
        {
            terminal.Problem($"say what to do: {string.Join(", ", command.Subcommands.Select(c => c.Name))}.");
        }
        else
        {
            foreach (var message in parsed.Errors.Select(error => error.Message).Distinct())
            {
                terminal.Problem(message);
            }
        }
        terminal.ErrorLine($"See '{string.Join(' ', Path(parsed.CommandResult))} --help'.");
    }

    // Everything that is required and not there, in one message.
    private static string[] Missing(ParseResult parsed) =>
    [
        .. parsed.CommandResult.Command.Arguments
            .Where(a => a.Arity.MinimumNumberOfValues > 0 && parsed.GetResult(a) is not { Tokens.Count: > 0 })
            .Select(a => a.Name),
        .. parsed.CommandResult.Command.Options
            .Where(o => o.Required && parsed.GetResult(o) is null or { Implicit: true })
            .Select(o => $"{o.Name} {o.HelpName}"),
    ];

    private static string Expected(Command command, string word) =>
        word.StartsWith('-') ? $"an option of {command.Name}" : command is Verb ? $"an argument that {command.Name} takes" : "a verb";

    private static IEnumerable<string> Candidates(ParseResult parsed, string word) => word.StartsWith('-')
        ? Commands(parsed.CommandResult).SelectMany((c, depth) => c.Options.Where(o => depth == 0 || o.Recursive)).Select(o => o.Name)
        : parsed.CommandResult.Command.Subcommands.Select(c => c.Name);

    private static IEnumerable<string> Path(CommandResult result) => Commands(result).Reverse().Select(c => c.Name);

    private static IEnumerable<Command> Commands(CommandResult result)
    {
        for (SymbolResult? at = result; at is not null; at = at.Parent)
        {
            if (at is CommandResult command)
            {
                yield return command.Command;
            }
        }
    }
}
