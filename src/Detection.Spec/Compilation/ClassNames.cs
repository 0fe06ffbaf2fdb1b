// The C# class of a model: from its name, or as the spec says; a variant adds the parameters that differ.
using System.Globalization;
using Detection.Spec.Diagnostics;
using Detection.Spec.Resolution;
using Detection.Spec.Syntax;

namespace Detection.Spec.Compilation;

/// <summary>Names generated classes.</summary>
public static class ClassNames
{
    /// <summary>The class of a model: <c>MobilenetV1</c>, or <c>MobilenetV1_Width0_5</c> for a variant.</summary>
    /// <param name="instance">The model and its arguments.</param>
    /// <param name="declared">The spec's <c>class:</c>, or null.</param>
    /// <param name="diagnostics">Receives a complaint about a word that cannot name a class.</param>
    public static string Of(ModelInstance instance, ScalarSyntax? declared, DiagnosticBag diagnostics)
    {
        var name = Names.Pascal(instance.ModelName);
        if (declared is not null)
        {
            if (Names.IsNodeName(declared.Value) && Names.Identifier(declared.Value) == declared.Value)
            {
                name = declared.Value;
            }
            else if (Names.IsNodeName(declared.Value))
            {
                diagnostics.Report(Rules.BadName, declared, declared.Value, "a class", "it is a word of C#");
            }
            else
            {
                diagnostics.Report(Rules.BadName, declared, declared.Value, "a class", Names.NodeNameRule);
            }
        }

        return name + string.Concat(instance.Arguments.Select(a =>
            "_" + Names.Pascal(a.Key) + a.Value.ToString("R", CultureInfo.InvariantCulture).Replace('.', '_').Replace("-", "Minus").Replace("+", "")));
    }
}
