// The names every template starts with: array, math, object, string, include, empty, blank; those left out are errors.
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
        builtins.SetValue("array", Group("array", typeof(ArrayFunctions), "cycle"), true);
        builtins.SetValue("math", Group("math", typeof(MathFunctions), "random", "uuid"), true);
        builtins.SetValue("object", Group("object", typeof(ObjectFunctions), "eval", "eval_template", "from_json", "kind", "to_json"), true);
        var text = Group(
            "string", typeof(StringFunctions),
            "base64_decode", "base64_encode", "hmac_sha1", "hmac_sha256", "hmac_sha512", "md5", "sha1", "sha256", "sha512", "truncatewords");
        builtins.SetValue("string", text, true);
        builtins.SetValue("include", new IncludeFunction(), true);
        builtins.SetValue("empty", EmptyScriptObject.Default, true);
        builtins.SetValue("blank", EmptyScriptObject.Default, true);
        foreach (var name in new[] { "date", "html", "include_join", "regex", "timespan" })
        {
            builtins.SetValue(name, new LeftOutFunction(name), true);
        }

        return builtins;
    }

    private static ScriptObject Group(string groupName, Type type, params string[] leftOut)
    {
        var group = new ScriptObject();
        group.Import(type);
        foreach (var name in leftOut)
        {
            group.SetValue(name, new LeftOutFunction($"{groupName}.{name}"), true);
        }

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
