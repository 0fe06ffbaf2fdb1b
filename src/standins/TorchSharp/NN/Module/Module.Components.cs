// Registration: what belongs to a module, by explicit calls or by looking at its fields.
using System.Collections.Concurrent;
using System.Reflection;
using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public partial class Module
        {
            private const BindingFlags InstanceMembers = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance;

            // Reflection is done once per type: a deep network builds the same block types many times.
            private static readonly ConcurrentDictionary<Type, (string Name, FieldInfo Field)[]> ComponentFields = new();

            /// <summary>Registers a tensor that is state but not trained.</summary>
            /// <exception cref="ArgumentNullException">The tensor is null or disposed.</exception>
            /// <exception cref="InvalidOperationException">The name is taken.</exception>
            public virtual void register_buffer(string name, Tensor tensor, bool persistent = true)
            {
                if (tensor is null || tensor.IsInvalid)
                    throw new ArgumentNullException(nameof(tensor), "A buffer needs a tensor that is neither null nor disposed.");
                if (!_internal_buffers.TryAdd(name, (tensor, persistent)))
                    throw new InvalidOperationException($"The buffer '{name}' is already registered.");
            }

            /// <summary>Registers a trainable tensor.</summary>
            /// <exception cref="ArgumentNullException">The parameter is null or disposed.</exception>
            /// <exception cref="InvalidOperationException">The name is taken.</exception>
            public virtual void register_parameter(string name, Parameter param)
            {
                if (param is null || param.IsInvalid)
                    throw new ArgumentNullException(nameof(param), "A parameter must be neither null nor disposed.");
                if (!_internal_params.TryAdd(name, param))
                    throw new InvalidOperationException($"The parameter '{name}' is already registered.");
            }

            public void add_module(string name, Module module) => register_module(name, module);

            /// <summary>Registers a sub-module; null removes the one with that name.</summary>
            /// <exception cref="ArgumentException">The name is empty or has a dot.</exception>
            /// <exception cref="InvalidOperationException">The name is taken.</exception>
            public virtual void register_module(string name, Module submodule)
            {
                if (submodule is null || submodule.IsDisposed)
                {
                    if (_internal_submodules.ContainsKey(name)) _internal_submodules.Remove(name);
                    return;
                }
                if (name.Contains('.')) throw new ArgumentException($"A module name has no dots, but this one is '{name}'.");
                if (name.Length == 0) throw new ArgumentException("A module name cannot be empty.");
                if (_internal_submodules.ContainsKey(name))
                    throw new InvalidOperationException($"The sub-module '{name}' is already registered.");
                submodule.RegisterComponents();
                _internal_submodules.Add(name, submodule);
            }

            /// <summary>Registers every field that holds a module, a parameter or a tensor under the field's name.</summary>
            protected virtual void RegisterComponents()
            {
                if (_areComponentsRegistered) return;
                foreach (var (fieldName, field) in ComponentFields.GetOrAdd(GetType(), FindComponentFields))
                {
                    if (_internal_submodules.ContainsKey(fieldName) || _internal_params.ContainsKey(fieldName)
                        || _internal_buffers.ContainsKey(fieldName)) continue;
                    switch (field.GetValue(this))
                    {
                        case Module module: register_module(fieldName, module); break;
                        case Parameter parameter: register_parameter(fieldName, parameter); break;
                        case Tensor tensor: register_buffer(fieldName, tensor); break;
                    }
                }
                _areComponentsRegistered = true;
            }

            // A field declared as object or as an interface may hold a module, so only types that never can are left out.
            private static (string Name, FieldInfo Field)[] FindComponentFields(Type type)
            {
                var found = new List<(string, FieldInfo)>();
                var seen = new HashSet<string>();
                for (Type? level = type; level is not null && level != typeof(object); level = level.BaseType)
                {
                    foreach (var field in level.GetFields(InstanceMembers))
                    {
                        if (!seen.Add(field.Name) || field.FieldType.IsValueType || field.FieldType == typeof(string)) continue;
                        found.Add((field.ComponentName(), field));
                    }
                }
                return found.ToArray();
            }

            /// <summary>Registers, replaces or (null) removes a parameter.</summary>
            protected void ConditionallyRegisterParameter(string name, Parameter? value)
            {
                if (value is not null) _internal_params[name] = value;
                else if (_internal_params.ContainsKey(name)) _internal_params.Remove(name);
            }

            protected void ConditionallyRegisterParameter(string name, Tensor? value)
                => ConditionallyRegisterParameter(name, value as Parameter);

            /// <summary>Registers, replaces or (null) removes a buffer.</summary>
            protected void ConditionallyRegisterBuffer(string name, Tensor? value, bool persistent = true)
            {
                if (value is not null) _internal_buffers[name] = (value, persistent);
                else if (_internal_buffers.ContainsKey(name)) _internal_buffers.Remove(name);
            }

            // The setter of a parameter property: the old tensor is disposed, the new one belongs to the module from now on.
            private protected void Replace(string key, ref Parameter? member, Parameter? value)
            {
                if (ReferenceEquals(member, value)) return;
                member?.Dispose();
                value?.DetachFromDisposeScope();
                member = value;
                ConditionallyRegisterParameter(key, value);
            }

            private protected void ReplaceBuffer(string key, ref Tensor? member, Tensor? value)
            {
                if (ReferenceEquals(member, value)) return;
                member?.Dispose();
                value?.DetachFromDisposeScope();
                member = value;
                ConditionallyRegisterBuffer(key, value);
            }

            protected void ClearModules() => _internal_submodules.clear();

            public virtual bool has_buffer(string target) => get_buffer(target) is not null;

            public virtual bool has_parameter(string target) => get_parameter(target) is not null;

            /// <summary>The buffer at a dotted path, or null.</summary>
            public virtual Tensor? get_buffer(string target)
            {
                if (_internal_buffers.TryGetValue(target, out var own)) return own.Item1;
                return ChildOn(ref target)?.get_buffer(target);
            }

            /// <summary>The parameter at a dotted path, or null.</summary>
            public virtual Parameter? get_parameter(string target)
            {
                if (_internal_params.TryGetValue(target, out var own)) return own;
                return ChildOn(ref target)?.get_parameter(target);
            }

            // Splits the first name off the path and returns the child of that name.
            private Module? ChildOn(ref string path)
            {
                var dot = path.IndexOf('.');
                if (dot < 0) return null;
                var head = path[..dot];
                foreach (var (childName, child) in named_children())
                {
                    if (childName != head) continue;
                    path = path[(dot + 1)..];
                    return child;
                }
                return null;
            }
        }
    }
}

public static class FieldInfoExtensionMethods
{
    /// <summary>The name under which a field is registered: its ComponentName attribute, else its own name.</summary>
    public static string ComponentName(this FieldInfo field)
        => field.GetCustomAttribute<Utils.ComponentNameAttribute>()?.Name ?? field.Name;
}
