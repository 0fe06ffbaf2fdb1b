// What one run of the command line works with.
using System.CommandLine;
using Detection.Runtime;

namespace Detection.Cli;

/// <param name="Terminal">Where output goes.</param>
/// <param name="Catalogs">The caller's models; empty for those that ship with detgen.</param>
/// <param name="Interrupted">Set by Ctrl-C.</param>
internal sealed record Session(Terminal Terminal, IReadOnlyList<IModelCatalog> Catalogs, CancellationToken Interrupted)
{
    /// <summary>The models that the command line talks about; builds and loads what <c>--project</c> or <c>--assembly</c> names.</summary>
    public ModelSet Models(ParseResult parsed)
    {
        var known = Catalogs.Count > 0 ? Catalogs : ShippedModels.Catalogs;
        var project = parsed.GetValue(CommonOptions.Project);
        var assembly = parsed.GetValue(CommonOptions.Assembly);
        if (project is null && assembly is null)
        {
            return new ModelSet(known, known);
        }
        if (project is not null && assembly is not null)
        {
            throw new UsageException("--project and --assembly both name an assembly with models: give one of them.");
        }
        var own = ModelAssembly.Load(assembly ?? ProjectBuild.Run(project!, Interrupted));
        return own with { All = [.. own.All, .. known] };
    }
}
