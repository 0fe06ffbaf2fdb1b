// What a declared operator is called in C#, and its inputs.
using System.Collections.Immutable;
using Detection.Spec.Diagnostics;
using Detection.Spec.Operators;
using Detection.Spec.Resolution;
using Detection.Spec.Syntax;

namespace Detection.Spec.Compilation;

/// <content>Reads the class and the names of inputs.</content>
internal sealed partial class OperatorReader
{
    // A module of TorchSharp maps at most six values to one.
    private const int MostInputs = 6;

    private string? ClassName(MappingEntry entry, MappingSyntax map)
    {
        if (map["class"] is not { } declared)
        {
            return ClassNames.Reserved.Contains(Names.Pascal(entry.Name)) ? Names.Pascal(entry.Name) + "Operator" : Names.Pascal(entry.Name);
        }

        if (declared is not ScalarSyntax { IsNull: false } name)
        {
            diagnostics.Report(Rules.WrongType, declared, "class", "the name of a C# class", declared.Kind);
            return null;
        }

        var parts = name.Value.Split('.');
        if (parts.FirstOrDefault(p => !Names.IsNodeName(p) || Names.Identifier(p) != p) is { } wrong)
        {
            diagnostics.Report(Rules.BadName, name, name.Value, "a class", wrong.Length > 0 && Names.IsNodeName(wrong) ? $"'{wrong}' is a word of C#" : Names.NodeNameRule + "; dots lead through namespaces");
            return null;
        }

        var last = parts[parts.Length - 1];
        if (last[0] is >= 'a' and <= 'z')
        {
            diagnostics.Report(Rules.BadName, name, name.Value, "a class", "it must begin with a capital letter");
            return null;
        }

        if (ClassNames.Reserved.Contains(last))
        {
            diagnostics.Report(Rules.NameTaken, name, last, "a type or member of generated code");
            return null;
        }

        // The spec that writes the class owns it: the generator completes it there, once.
        if (name.Source.Path != map.Source.Path)
        {
            diagnostics.Report(
                Rules.OperatorRule, entry.Key, $"'{entry.Name}' is changed here, but its class {name.Value} is written for what {name.Source.Path} says; give it a 'class' of its own");
            return null;
        }

        return name.Value;
    }

    // Names of the inputs; none for the only one.
    private ImmutableArray<string> Inputs(SyntaxNode? declaration, ImmutableArray<AttributeDefinition> attributes)
    {
        if (declaration is null)
        {
            return [];
        }

        var before = diagnostics.Errors;
        var found = ImmutableArray.CreateBuilder<string>();
        if (declaration is not SequenceSyntax { Items.Length: >= 2 and <= MostInputs } list)
        {
            diagnostics.Report(Rules.WrongType, declaration, "inputs", $"a list of 2 to {MostInputs} names", declaration is SequenceSyntax ? "another list" : declaration.Kind);
            isBroken = true;
            return [];
        }

        foreach (var item in list.Items)
        {
            if (item is not ScalarSyntax { IsNull: false } name)
            {
                diagnostics.Report(Rules.WrongType, item, "inputs", $"a list of 2 to {MostInputs} names", item.Kind);
            }
            else if (!Names.IsNodeName(name.Value))
            {
                diagnostics.Report(Rules.BadName, name, name.Value, "an input", Names.NodeNameRule);
            }
            else if (ParameterReader.Reserved.Contains(name.Value) || name.Value is DeclaredOperator.Height or DeclaredOperator.Width or DeclaredOperator.InChannels)
            {
                diagnostics.Report(Rules.NameTaken, name, name.Value, "a name of the expression language");
            }
            else if (attributes.Any(a => a.Name == name.Value || a.Name == name.Value + "Channels"))
            {
                diagnostics.Report(Rules.NameTaken, name, name.Value, "an attribute");
            }
            else if (found.Contains(name.Value) || found.Contains(name.Value + "Channels") || found.Any(f => f + "Channels" == name.Value))
            {
                diagnostics.Report(Rules.NameTaken, name, name.Value, "an input");
            }
            else
            {
                found.Add(name.Value);
            }
        }

        isBroken |= diagnostics.Errors > before;
        return found.ToImmutable();
    }
}
