// What the parser has to say about a template.
#nullable enable
namespace Scriban.Parsing
{
    partial class LogMessage
    {
        public LogMessage(ParserMessageType type, SourceSpan span, string message)
        {
            Type = type;
            Span = span;
            Message = message;
        }

        public ParserMessageType Type { get; set; }

        public SourceSpan Span { get; set; }

        public string Message { get; set; }

        /// <summary>file(line,column) : error : text.</summary>
        public override string ToString() =>
            $"{Span.ToStringSimple()} : {(Type == ParserMessageType.Error ? "error" : "warning")} : {Message}";
    }

#if SCRIBAN_PUBLIC
    public
#else
    internal
#endif
    enum ParserMessageType
    {
        Error,
        Warning,
    }
}

namespace Scriban
{
    using System.Collections;
    using System.Collections.Generic;
    using System.Text;
    using Scriban.Parsing;

    partial class LogMessageBag : IReadOnlyList<LogMessage>
    {
        private readonly List<LogMessage> _messages = new();

        public int Count => _messages.Count;

        public bool HasErrors { get; private set; }

        public LogMessage this[int index] => _messages[index];

        public void Add(LogMessage message)
        {
            HasErrors |= message.Type == ParserMessageType.Error;
            _messages.Add(message);
        }

        public void AddRange(IEnumerable<LogMessage> messages)
        {
            foreach (var message in messages)
            {
                Add(message);
            }
        }

        public IEnumerator<LogMessage> GetEnumerator() => _messages.GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        /// <summary>One message a line.</summary>
        public override string ToString()
        {
            var text = new StringBuilder();
            foreach (var message in _messages)
            {
                text.Append(message).Append('\n');
            }

            return text.ToString();
        }
    }
}
