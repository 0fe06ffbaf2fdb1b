// Loads a user's assembly with generated models beside the running tool.
using System.Reflection;
using System.Runtime.Loader;
using Detection.Runtime;

namespace Detection.Cli;

internal static class ModelAssembly
{
    /// <summary>The catalogue of an assembly, and those of the assemblies it refers to.</summary>
    /// <returns>The models to list (the assembly's own, or where it has none those it refers to), and all.</returns>
    /// <exception cref="FailureException">The assembly cannot be loaded or there is no catalogue.</exception>
    public static ModelSet Load(string path)
    {
        var full = Path.GetFullPath(path);
        if (!File.Exists(full))
        {
            throw new FailureException($"{path}: there is no such file.");
        }
        try
        {
            var context = new Context(full);
            var main = context.LoadFromAssemblyPath(full);
            IModelCatalog[] all = [.. Family(context, main).Select(ModelCatalogs.Of).OfType<IModelCatalog>()];
            return all.Length > 0
                ? new ModelSet(all[0].GetType().Assembly == main ? all[..1] : all, all)
                : throw new FailureException($"{path}: no generated models in this assembly or in those it refers to.");
        }
        catch (FileNotFoundException e)
        {
            throw new FailureException(
                $"{path}: the models cannot be loaded: {e.Message} "
                + "A class library has its packages beside it when its project sets CopyLocalLockFileAssemblies.",
                inner: e);
        }
        catch (Exception e) when (
            e is BadImageFormatException or FileLoadException or TypeLoadException or MissingMemberException or InvalidOperationException)
        {
            throw new FailureException($"{path}: the models cannot be loaded: {e.Message}", inner: e);
        }
    }

    // The assembly and those it refers to that lie beside it, nearest first.
    private static IEnumerable<Assembly> Family(Context context, Assembly main)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var open = new Queue<Assembly>([main]);
        while (open.TryDequeue(out var assembly))
        {
            if (!seen.Add(assembly.FullName ?? assembly.ToString()))
            {
                continue;
            }
            yield return assembly;
            foreach (var reference in assembly.GetReferencedAssemblies().Where(context.IsPrivate))
            {
                open.Enqueue(context.LoadFromAssemblyName(reference));
            }
        }
    }

    /// <summary>
    /// Takes the framework, Detection.Runtime and what stands below it from the running tool, so that both speak of the same types;
    /// everything else, other versions of our own models included, from beside the assembly.
    /// </summary>
    private sealed class Context(string path) : AssemblyLoadContext(Path.GetFileNameWithoutExtension(path))
    {
        private static readonly string FrameworkFolder = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        private static readonly Dictionary<string, Assembly> Shared = WithReferences(typeof(IModelCatalog).Assembly);

        private readonly AssemblyDependencyResolver resolver = new(path);

        public bool IsPrivate(AssemblyName name) =>
            name.Name is { } simple && !Shared.ContainsKey(simple) && !IsFramework(simple) && resolver.ResolveAssemblyToPath(name) is not null;

        protected override Assembly? Load(AssemblyName assemblyName)
        {
            if (Shared.TryGetValue(assemblyName.Name!, out var shared))
            {
                return assemblyName.Version <= shared.GetName().Version
                    ? shared
                    : throw new FileLoadException(
                        $"it was built with {assemblyName.Name} {assemblyName.Version}, and this detgen has {shared.GetName().Version}: "
                        + "use a detgen of that version.");
            }
            // Null: the running tool's, which for the framework is the only one there is.
            return !IsFramework(assemblyName.Name!) && resolver.ResolveAssemblyToPath(assemblyName) is { } file
                ? LoadFromAssemblyPath(file)
                : null;
        }

        protected override IntPtr LoadUnmanagedDll(string unmanagedDllName) =>
            resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is { } file ? LoadUnmanagedDllFromPath(file) : IntPtr.Zero;

        private static bool IsFramework(string name) => File.Exists(Path.Combine(FrameworkFolder, name + ".dll"));

        private static Dictionary<string, Assembly> WithReferences(Assembly root)
        {
            var found = new Dictionary<string, Assembly>(StringComparer.OrdinalIgnoreCase);
            var open = new Stack<Assembly>([root]);
            while (open.TryPop(out var assembly))
            {
                if (found.TryAdd(assembly.GetName().Name!, assembly))
                {
                    foreach (var reference in assembly.GetReferencedAssemblies().Where(r => !IsFramework(r.Name!)))
                    {
                        open.Push(Default.LoadFromAssemblyName(reference));
                    }
                }
            }
            return found;
        }
    }
}
