// The names every template starts with: array, math, object, string, include, empty.
#nullable enable
using System;
using Scriban.Runtime;
using Scriban.Syntax;

namespace Scriban.Functions;

partial class BuiltinFunctions : ScriptObject
{
    // Made once; the groups are read-only, so all contexts share them.
    private static readonly ScriptObject Shared = CreateShared();

    public BuiltinFunctions()
        : base(8) => Shared.CopyTo(this);

    private static ScriptObject CreateShared()
    {
        var builtins = new ScriptObject();
        builtins.SetValue("array", Group(typeof(ArrayFunctions)), true);
        builtins.SetValue("math", Group(typeof(MathFunctions)), true);
        builtins.SetValue("object", Group(typeof(ObjectFunctions)), true);
        builtins.SetValue("string", Group(typeof(StringFunctions)), true);
        builtins.SetValue("include", new IncludeFunction(), true);
        builtins.SetValue("empty", EmptyScriptObject.Default, true);
        builtins.SetValue("blank", EmptyScriptObject.Default, true);
        return builtins;
    }

    private static ScriptObject Group(Type type)
    {
        var group = new ScriptObject();
        group.Import(type);
        group.IsReadOnly = true;
        return group;
    }
}

/// <summary>`include 'name' arguments`: the text of another template; it sees its name as `$0` and the arguments from `$1` on.</summary>
internal sealed class IncludeFunction : IScriptCustomFunction
{
    public int RequiredParameterCount => 1;

    public int ParameterCount => 1;

    public ScriptVarParamKind VarParamKind => ScriptVarParamKind.Direct;

    public Type ReturnType => typeof(object);

    public ScriptParameterInfo GetParameterInfo(int index) =>
        index == 0 ? new ScriptParameterInfo(typeof(string), "template_name") : new ScriptParameterInfo(typeof(object), "value");

    public object? Invoke(TemplateContext context, ScriptNode callerContext, ScriptArray arguments, ScriptBlockStatement? blockStatement)
    {
        var path = context.GetTemplatePathFromName(context.ObjectToString(arguments[0]), callerContext);
        return context.RenderTemplate(context.GetOrCreateTemplate(path, callerContext), arguments, callerContext);
    }

#if !SCRIBAN_NO_ASYNC
    public System.Threading.Tasks.ValueTask<object?> InvokeAsync(
        TemplateContext context, ScriptNode callerContext, ScriptArray arguments, ScriptBlockStatement? blockStatement) =>
        new(Invoke(context, callerContext, arguments, blockStatement));
#endif
}
