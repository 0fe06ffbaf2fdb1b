// Errors while rendering; their messages start with file(line,column).
#nullable enable
using System;
using System.Threading;
using Scriban.Parsing;

namespace Scriban.Syntax;

partial class ScriptRuntimeException : Exception
{
    public ScriptRuntimeException(SourceSpan span, string message)
        : base(message) => Span = span;

    public ScriptRuntimeException(SourceSpan span, string message, Exception? innerException)
        : base(message, innerException) => Span = span;

    public SourceSpan Span { get; }

    /// <summary>The message without its position.</summary>
    public string OriginalMessage => base.Message;

    public override string Message => new LogMessage(ParserMessageType.Error, Span, base.Message).ToString();

    public override string ToString() => Message;
}

partial class ScriptAbortException : ScriptRuntimeException
{
    public ScriptAbortException(SourceSpan span, CancellationToken cancellationToken)
        : base(span, "Rendering was cancelled") => CancellationToken = cancellationToken;

    public CancellationToken CancellationToken { get; }
}

/// <summary>An included template does not parse.</summary>
partial class ScriptParserRuntimeException : ScriptRuntimeException
{
    public ScriptParserRuntimeException(SourceSpan span, string message, LogMessageBag parserMessages)
        : base(span, message) => ParserMessages = parserMessages;

    public LogMessageBag ParserMessages { get; }

    public override string Message => $"{base.Message}\n{ParserMessages}";
}
