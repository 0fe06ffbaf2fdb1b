// A model as an argument: a name from the catalogues, or a YAML file.
using Detection.Spec.Compilation;

namespace Detection.Cli;

internal static class NamedModel
{
    /// <summary>Compiles the model; warnings go to standard error.</summary>
    /// <exception cref="FailureException">The file cannot be read, or the spec does not compile.</exception>
    /// <exception cref="Runtime.UnknownModelException">There is no model of that name.</exception>
    public static CompiledModel Compile(string name, ModelSet models, Terminal terminal)
    {
        if (SpecFile.IsPath(name))
        {
            return SpecFile.Compile(name, models, warning => terminal.ErrorLine(warning.ToString()));
        }
        var entry = models.Find(name);
        var compiled = models.Compile(entry);
        if (compiled.SpecHash != entry.Card.SpecHash)
        {
            terminal.Warning(
                $"{entry.Card.Name}: the class was generated from a spec with hash {entry.Card.SpecHash}; the YAML beside it gives {compiled.SpecHash}.");
        }
        return compiled;
    }
}
