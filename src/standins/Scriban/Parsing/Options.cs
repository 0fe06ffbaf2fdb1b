// How a template is read. Liquid, scientific and front-matter modes of the package are left out.
#nullable enable
namespace Scriban.Parsing;

partial struct ParserOptions
{
    /// <summary>The deepest allowed nesting of expressions and blocks, or null for no limit.</summary>
    public int? ExpressionDepthLimit { get; set; }

    /// <summary>Reads <c>1.5</c> as decimal instead of double.</summary>
    public bool ParseFloatAsDecimal { get; set; }
}

partial struct LexerOptions
{
    public static readonly LexerOptions Default = default;

    public ScriptMode Mode { get; set; }
}

#if SCRIBAN_PUBLIC
public
#else
internal
#endif
enum ScriptMode
{
    /// <summary>Text with code blocks.</summary>
    Default = 0,

    /// <summary>Code only.</summary>
    ScriptOnly = 3,
}
