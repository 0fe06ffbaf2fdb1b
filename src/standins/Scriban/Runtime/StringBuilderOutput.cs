// Output into memory.
#nullable enable
using System.Text;
#if !SCRIBAN_NO_ASYNC
using System.Threading;
using System.Threading.Tasks;
#endif

namespace Scriban.Runtime;

partial class StringBuilderOutput : IScriptOutput
{
    public StringBuilderOutput()
        : this(new StringBuilder())
    {
    }

    public StringBuilderOutput(StringBuilder builder) => Builder = builder;

    public StringBuilder Builder { get; }

    public void Write(string text, int offset, int count) => Builder.Append(text, offset, count);

#if !SCRIBAN_NO_ASYNC
    public ValueTask WriteAsync(string text, int offset, int count, CancellationToken cancellationToken)
    {
        Write(text, offset, count);
        return default;
    }
#endif

    public override string ToString() => Builder.ToString();
}
