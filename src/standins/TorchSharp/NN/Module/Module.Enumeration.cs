// The tree seen from outside: parameters, buffers and sub-modules with dotted names, each tensor once.
using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public partial class Module
        {
            public virtual IEnumerable<(string name, Parameter parameter)> named_parameters(bool recurse = true)
            {
                var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
                foreach (var own in _internal_params)
                {
                    if (!own.Item2.IsInvalid && seen.Add(own.Item2)) yield return own;
                }
                if (!recurse) yield break;
                foreach (var (prefix, child) in _internal_submodules)
                {
                    foreach (var (parameterName, parameter) in child.named_parameters(true))
                    {
                        if (seen.Add(parameter)) yield return ($"{prefix}.{parameterName}", parameter);
                    }
                }
            }

            public virtual IEnumerable<Parameter> parameters(bool recurse = true)
            {
                foreach (var (_, parameter) in named_parameters(recurse)) yield return parameter;
            }

            /// <remarks>
            /// As in TorchSharp 0.107 a buffer registered with persistent: false never appears here, whatever
            /// <paramref name="include_nonpersistent"/> says, and does not follow <c>to(...)</c>.
            /// </remarks>
            public virtual IEnumerable<(string name, Tensor buffer)> named_buffers(bool recurse = true, bool include_nonpersistent = true)
            {
                var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
                foreach (var (bufferName, (buffer, persistent)) in _internal_buffers)
                {
                    if (persistent && !buffer.IsInvalid && seen.Add(buffer)) yield return (bufferName, buffer);
                }
                if (!recurse) yield break;
                foreach (var (prefix, child) in _internal_submodules)
                {
                    foreach (var (bufferName, buffer) in child.named_buffers(true, include_nonpersistent))
                    {
                        if (seen.Add(buffer)) yield return ($"{prefix}.{bufferName}", buffer);
                    }
                }
            }

            public virtual IEnumerable<Tensor> buffers(bool recurse = true, bool include_nonpersistent = true)
            {
                foreach (var (_, buffer) in named_buffers(recurse, include_nonpersistent)) yield return buffer;
            }

            public virtual IEnumerable<(string name, Module module)> named_children() => _internal_submodules;

            /// <summary>All sub-modules below this one (not this one), the direct children first.</summary>
            public virtual IEnumerable<(string name, Module module)> named_modules()
            {
                foreach (var child in _internal_submodules) yield return child;
                foreach (var (prefix, child) in _internal_submodules)
                {
                    foreach (var (moduleName, module) in child.named_modules()) yield return ($"{prefix}.{moduleName}", module);
                }
            }

            public virtual IEnumerable<Module> modules()
            {
                foreach (var (_, module) in named_modules()) yield return module;
            }

            public virtual IEnumerable<Module> children()
            {
                foreach (var (_, module) in named_children()) yield return module;
            }
        }
    }
}
