// How tests write down where a problem stands: (line,column), counted from one as compilers print it.
using Microsoft.CodeAnalysis;

namespace Detection.Gen.Tests.Support;

internal static class Errors
{
    public static string Position(Diagnostic diagnostic)
    {
        var start = diagnostic.Location.GetLineSpan().StartLinePosition;
        return FormattableString.Invariant($"({start.Line + 1},{start.Character + 1})");
    }
}
