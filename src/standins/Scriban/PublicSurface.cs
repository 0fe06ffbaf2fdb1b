// The types that are public in the assembly. As in the package, the same files compiled into another project
// (PackageScribanIncludeSource) stay internal there, so every declaration elsewhere leaves its accessibility open.
// Enums and delegates cannot be partial and carry the condition themselves.
#if SCRIBAN_PUBLIC
#nullable enable

namespace Scriban
{
    public partial class Template;
    public partial class TemplateContext;
    public partial class LogMessageBag;
}

namespace Scriban.Parsing
{
    public partial struct TextPosition;
    public partial struct SourceSpan;
    public partial struct ParserOptions;
    public partial struct LexerOptions;
    public partial class LogMessage;
}

namespace Scriban.Syntax
{
    public abstract partial class ScriptNode;
    public abstract partial class ScriptExpression;
    public abstract partial class ScriptStatement;
    public abstract partial class ScriptVariable;
    public partial class ScriptVariableGlobal;
    public partial class ScriptVariableLocal;
    public partial class ScriptBlockStatement;
    public partial class ScriptPage;
    public partial class ScriptRuntimeException;
    public partial class ScriptAbortException;
    public partial class ScriptParserRuntimeException;
}

namespace Scriban.Runtime
{
    public partial interface IScriptObject;
    public partial interface IScriptCustomFunction;
    public partial interface IScriptFunctionInfo;
    public partial interface IScriptOutput;
    public partial interface ITemplateLoader;
    public partial struct ScriptParameterInfo;
    public partial class ScriptObject;
    public static partial class ScriptObjectExtensions;
    public partial class ScriptArray<T>;
    public partial class ScriptArray;
    public partial class ScriptRange;
    public partial class ScriptMemberIgnoreAttribute;
    public sealed partial class StandardMemberRenamer;
    public partial class StringBuilderOutput;
    public partial class DynamicCustomFunction;
}

namespace Scriban.Functions
{
    public partial class BuiltinFunctions;
    public partial class ArrayFunctions;
    public partial class MathFunctions;
    public partial class ObjectFunctions;
    public partial class StringFunctions;
}
#endif
