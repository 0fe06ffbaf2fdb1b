// Builds the tree of a template: token access, blocks and the dispatch on statements.
#nullable enable
using System.Collections.Generic;
using Scriban.Syntax;

namespace Scriban.Parsing;

internal sealed partial class Parser
{
    private readonly SourceText _source;
    private readonly List<Token> _tokens;
    private readonly ParserOptions _options;
    private int _next;
    private Token _current;
    private Token _previous;
    private int _ignoreNewLines;
    private bool _inCode;
    private int _depth;

    public Parser(SourceText source, List<Token> tokens, ParserOptions options, ScriptMode mode)
    {
        _source = source;
        _tokens = tokens;
        _options = options;
        _inCode = mode == ScriptMode.ScriptOnly;
        Advance();
    }

    /// <exception cref="SyntaxError">The template is malformed.</exception>
    public ScriptPage ParsePage()
    {
        int start = System.Math.Max(_current.Start, 0);
        var body = ParseBlock(BlockKind.Page);
        return At(new ScriptPage(body), start);
    }

    private bool Is(TokenKind kind) => _current.Kind == kind;

    private bool IsWord(string word) => Is(TokenKind.Identifier) && TextIs(_current, word);

    private bool TextIs(Token token, string word) =>
        token.End - token.Start + 1 == word.Length && string.CompareOrdinal(_source.Text, token.Start, word, 0, word.Length) == 0;

    private string TextOf(Token token) => token.Start < 0 ? "end of file" : _source.Text.Substring(token.Start, token.End - token.Start + 1);

    private string Shown(Token token) => token.Kind switch
    {
        TokenKind.Eof => "the end of the file",
        TokenKind.NewLine => "the end of the line",
        TokenKind.Raw => "text",
        _ => $"`{TextOf(token)}`",
    };

    private Token PeekToken()
    {
        for (int i = _next; i < _tokens.Count; i++)
        {
            if (!(_ignoreNewLines > 0 && _tokens[i].Kind == TokenKind.NewLine))
            {
                return _tokens[i];
            }
        }

        return _tokens[_tokens.Count - 1];
    }

    private void Advance()
    {
        _previous = _current;
        do
        {
            _current = _tokens[_next];
            _next += _next < _tokens.Count - 1 ? 1 : 0;
        }
        while (_ignoreNewLines > 0 && Is(TokenKind.NewLine));
    }

    private void Expect(TokenKind kind, string what)
    {
        if (!Is(kind))
        {
            throw Error($"Expected {what} instead of {Shown(_current)}");
        }

        Advance();
    }

    private SyntaxError Error(string message) => Error(_current, message);

    // A mistake at the end of the file is shown after the last token, where something is missing.
    private SyntaxError Error(Token token, string message) => token.Kind == TokenKind.Eof && _previous.End >= 0
        ? new SyntaxError(_previous.End, _previous.End, message)
        : new SyntaxError(token.Start, token.End, message);

    private T At<T>(T node, int start)
        where T : ScriptNode
    {
        node.Place(_source, start, System.Math.Max(_previous.End, start));
        return node;
    }

    private void Enter()
    {
        if (++_depth > (_options.ExpressionDepthLimit ?? 250))
        {
            throw Error("Statements or expressions are nested too deeply");
        }
    }

    private ScriptBlockStatement ParseBlock(BlockKind kind)
    {
        Enter();
        int start = System.Math.Max(_current.Start, 0);
        var block = new ScriptBlockStatement();
        while (ParseBlockItem(block, kind))
        {
        }

        _depth--;
        return At(block, start);
    }

    /// <summary>Reads one statement into a block; false at the block's end, whose word is left to whoever opened it.</summary>
    private bool ParseBlockItem(ScriptBlockStatement block, BlockKind kind)
    {
        switch (_current.Kind)
        {
            case TokenKind.Eof:
                return kind == BlockKind.Page ? false : throw Error("A block lacks its `end`");
            case TokenKind.Raw:
            case TokenKind.Escape:
                ParseText(block, kind);
                return true;
            case TokenKind.CodeEnter:
            case TokenKind.CodeExit:
            case TokenKind.EscapeEnter:
            case TokenKind.EscapeExit:
                ParseCodeMark(block);
                return true;
            case TokenKind.NewLine:
            case TokenKind.SemiColon:
                Advance();
                return true;
        }

        if (!_inCode)
        {
            throw Error($"{Shown(_current)} stands outside of a code block");
        }

        if (IsWord("end") || IsWord("else") || IsWord("when"))
        {
            return ParseBlockEnd(block, kind);
        }

        if (kind == BlockKind.Case)
        {
            throw Error($"A `case` holds only `when` and `else`, not {Shown(_current)}");
        }

        block.Statements.Add(ParseStatement());
        return true;
    }

    private bool ParseBlockEnd(ScriptBlockStatement block, BlockKind kind)
    {
        if (IsWord("when") && kind == BlockKind.Case)
        {
            block.Statements.Add(ParseWhen());
            return false;
        }

        bool belongs = kind switch
        {
            BlockKind.Page => false,
            BlockKind.Branching => IsWord("else") || IsWord("end"),
            BlockKind.When => true,
            _ => IsWord("end"),
        };
        return belongs ? false : throw Error($"`{TextOf(_current)}` has no block that it belongs to");
    }

    private void ParseText(ScriptBlockStatement block, BlockKind kind)
    {
        var token = _current;
        Advance();
        if (kind != BlockKind.Case)
        {
            block.Statements.Add(At(new RawStatement(_source.Text, token.Start, token.End + 1), token.Start));
        }
    }

    private void ParseCodeMark(ScriptBlockStatement block)
    {
        var token = _current;
        bool enters = token.Kind == TokenKind.CodeEnter;
        if (enters && _inCode)
        {
            throw Error("A code block cannot start inside of another");
        }

        _inCode = enters;
        Advance();
        string? indent = null;
        if (enters && block.Statements.Count > 0 && block.Statements[block.Statements.Count - 1] is RawStatement text)
        {
            indent = IndentBefore(text.EndsAt);
        }

        block.Statements.Add(At(new CodeMark(enters || token.Kind == TokenKind.EscapeEnter, indent), token.Start));
    }

    /// <summary>The white space between the start of a line and an offset, or null when more stands there.</summary>
    private string? IndentBefore(int endExclusive)
    {
        var text = _source.Text;
        int start = endExclusive;
        while (start > 0 && text[start - 1] != '\n')
        {
            if (!char.IsWhiteSpace(text[start - 1]))
            {
                return null;
            }

            start--;
        }

        return text.Substring(start, endExclusive - start);
    }

    private void ExpectEndOfStatement()
    {
        if (Is(TokenKind.NewLine) || Is(TokenKind.SemiColon))
        {
            Advance();
        }
        else if (!Is(TokenKind.CodeExit) && !Is(TokenKind.Eof))
        {
            throw Error($"Expected the end of the statement instead of {Shown(_current)}");
        }
    }

    private enum BlockKind
    {
        Page,
        Plain,
        Branching,
        Case,
        When,
    }
}
