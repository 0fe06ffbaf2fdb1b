// State dictionaries, and TorchSharp's own file format: a count, then for each entry its name and its tensor.
using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public partial class Module
        {
            /// <summary>Parameters, then persistent buffers, by dotted name. The tensors are the module's own, not copies.</summary>
            public virtual Dictionary<string, Tensor> state_dict(Dictionary<string, Tensor>? destination = null, string? prefix = null)
            {
                destination ??= new Dictionary<string, Tensor>();
                foreach (var (key, parameter) in named_parameters()) destination.TryAdd(Under(prefix, key), parameter);
                foreach (var (key, buffer) in named_buffers(include_nonpersistent: false)) destination.TryAdd(Under(prefix, key), buffer);
                // A sub-module may override state_dict and add entries of its own.
                foreach (var (childName, child) in _internal_submodules) child.state_dict(destination, Under(prefix, childName));
                return destination;
            }

            private static string Under(string? prefix, string key) => string.IsNullOrEmpty(prefix) ? key : $"{prefix}.{key}";

            /// <summary>Copies values in by name.</summary>
            /// <returns>The keys that were missing from, and unexpected in, <paramref name="source"/>.</returns>
            /// <exception cref="InvalidOperationException">Strict, and the two sets of keys differ.</exception>
            public virtual (IList<string> missing_keys, IList<string> unexpected_keyes) load_state_dict(
                Dictionary<string, Tensor> source, bool strict = true, IList<string>? skip = null)
            {
                skip ??= Array.Empty<string>();
                var destination = state_dict();
                var unexpected = new List<string>();
                var missing = new List<string>();
                foreach (var key in source.Keys)
                {
                    if (!skip.Contains(key) && !destination.ContainsKey(key)) unexpected.Add(key);
                }
                foreach (var key in destination.Keys)
                {
                    if (!skip.Contains(key) && !source.ContainsKey(key)) missing.Add(key);
                }
                if (strict && (missing.Count > 0 || unexpected.Count > 0)) throw new InvalidOperationException(
                    "The loaded state_dict is not identical to the target dictionary."
                    + $" Missing: [{string.Join(", ", missing)}]. Unexpected: [{string.Join(", ", unexpected)}].");

                using var noGrad = torch.no_grad();
                foreach (var (key, value) in source)
                {
                    if (!skip.Contains(key) && destination.TryGetValue(key, out var target)) target.copy_(value);
                }
                return (missing, unexpected);
            }

            public Module save(string location, IList<string>? skip = null)
            {
                using var stream = File.Create(location);
                return save(stream, skip);
            }

            /// <remarks>Closes the stream, as TorchSharp does.</remarks>
            public Module save(Stream stream, IList<string>? skip = null)
            {
                using var writer = new BinaryWriter(stream);
                return save(writer, skip);
            }

            public Module save(BinaryWriter writer, IList<string>? skip = null)
            {
                save_state_dict(writer, state_dict(), skip);
                return this;
            }

            public static void save_state_dict(BinaryWriter writer, Dictionary<string, Tensor> sd, IList<string>? skip = null)
            {
                var written = skip is null || skip.Count == 0 ? sd.ToList() : sd.Where(entry => !skip.Contains(entry.Key)).ToList();
                writer.Write7BitEncodedInt64(written.Count);
                foreach (var (key, tensor) in written)
                {
                    writer.Write(key);
                    tensor.Save(writer);
                }
            }

            /// <exception cref="FileNotFoundException">There is no such file.</exception>
            /// <exception cref="ArgumentException">Strict, and the file's entries are not the module's.</exception>
            public virtual Module load(
                string location, bool strict = true, IList<string>? skip = null, Dictionary<string, bool>? loadedParameters = null)
            {
                if (!File.Exists(location)) throw new FileNotFoundException($"There is no weights file '{location}'.", location);
                using var stream = File.OpenRead(location);
                return load(stream, strict, skip, loadedParameters);
            }

            /// <remarks>Closes the stream, as TorchSharp does.</remarks>
            public Module load(
                Stream stream, bool strict = true, IList<string>? skip = null, Dictionary<string, bool>? loadedParameters = null)
            {
                using var reader = new BinaryReader(stream);
                return load(reader, strict, skip, loadedParameters);
            }

            public virtual Module load(
                BinaryReader reader, bool strict = true, IList<string>? skip = null, Dictionary<string, bool>? loadedParameters = null)
            {
                // Reading fills memory on the CPU, so a module elsewhere is brought here for the time of it.
                var (deviceType, deviceIndex) = (_deviceType, _deviceIndex);
                if (deviceType != DeviceType.CPU) _to(DeviceType.CPU, -1, false);
                try
                {
                    ReadEntries(reader, strict, skip ?? Array.Empty<string>(), loadedParameters);
                }
                finally
                {
                    if (deviceType != DeviceType.CPU) _to(deviceType, deviceIndex, false);
                }
                return this;
            }

            private void ReadEntries(BinaryReader reader, bool strict, IList<string> skip, Dictionary<string, bool>? loadedParameters)
            {
                using var noGrad = torch.no_grad();
                var own = state_dict();
                var count = reader.Read7BitEncodedInt64();
                if (strict && count != own.Count)
                    throw new ArgumentException(
                        $"Mismatched state_dict sizes: the module has {own.Count} entries, the stream has {count}.");
                for (long i = 0; i < count; i++)
                {
                    var key = reader.ReadString();
                    var found = own.TryGetValue(key, out var target);
                    if (!found && strict)
                        throw new ArgumentException($"Mismatched state_dict names: the module has no parameter or buffer named '{key}'.");
                    if (found && !skip.Contains(key)) target!.Load(reader);
                    else TensorExtensionMethods.Load(reader, skip: true)?.Dispose();
                    loadedParameters?.Add(key, found);
                }
            }

            public static Module Create<T>(string path) where T : Module, new() => new T().load(path);
        }
    }
}
