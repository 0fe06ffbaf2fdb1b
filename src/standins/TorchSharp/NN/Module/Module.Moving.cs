// Moving a module to another device or element type: new tensors replace the old ones in registrations, fields and properties.
using System.Reflection;
using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public partial class Module
        {
            protected internal virtual Module _to(Device device, ScalarType dtype, bool non_blocking)
            {
                RequireFloatingType(dtype);
                _toEpilog(dtype, Reachable(device.type, device.index), non_blocking);
                return this;
            }

            protected internal virtual Module _to(DeviceType deviceType, int deviceIndex, bool non_blocking)
            {
                _toEpilog(null, Reachable(deviceType, deviceIndex), non_blocking);
                return this;
            }

            protected internal virtual Module _to(ScalarType dtype, bool non_blocking)
            {
                RequireFloatingType(dtype);
                _toEpilog(dtype, null, non_blocking);
                return this;
            }

            public Module _to(Tensor other, bool non_blocking)
            {
                _to(other.dtype, non_blocking);
                return _to(other.device_type, other.device_index, non_blocking);
            }

            private static void RequireFloatingType(ScalarType dtype)
            {
                if (!IsFloatingOrComplex(dtype))
                    throw new ArgumentException($"A module can only be moved to a floating point or complex type, not to {dtype}.");
            }

            private static Device Reachable(DeviceType type, int index)
            {
                if (type != DeviceType.CUDA) return new Device(type, -1);
                if (!torch.cuda.is_available()) throw new InvalidOperationException("CUDA is not available.");
                return new Device(type, index);
            }

            protected void _toEpilog(ScalarType dtype, bool non_blocking) => _toEpilog(dtype, null, non_blocking);

            protected void _toEpilog(Device device, ScalarType dtype, bool non_blocking) => _toEpilog(dtype, device, non_blocking);

            protected void _toEpilog(DeviceType deviceType, int deviceIndex, bool non_blocking)
                => _toEpilog(null, new Device(deviceType, deviceIndex), non_blocking);

            /// <summary>Moves the sub-modules, then what this module itself holds.</summary>
            protected virtual void _toEpilog(ScalarType? dtype, Device? device, bool non_blocking)
            {
                foreach (var (_, child) in named_children())
                {
                    if (device is null) child._to(dtype!.Value, non_blocking);
                    else if (dtype is null) child._to(device.type, device.index, non_blocking);
                    else child._to(device, dtype.Value, non_blocking);
                }
                foreach (var (key, parameter) in _internal_params.ToArray<(string, Parameter)>())
                {
                    if (!ReplaceParameter(dtype, device, parameter, out var moved)) continue;
                    _internal_params[key] = moved!;
                    Rebind(key, moved!);
                    parameter.Dispose();
                }
                foreach (var (key, (buffer, persistent)) in _internal_buffers.ToArray<(string, (Tensor, bool))>())
                {
                    if (!persistent || !ReplaceBuffer(dtype, device, buffer, out var moved)) continue;
                    _internal_buffers[key] = (moved!, persistent);
                    Rebind(key, moved!);
                }
                if (device is null) return;
                _deviceType = device.type;
                _deviceIndex = device.index;
            }

            // Points whatever member holds the component `key` at its new tensor. Modules with known members override this.
            private protected virtual void Rebind(string key, Tensor value)
            {
                foreach (var (fieldName, field) in ComponentFields.GetOrAdd(GetType(), FindComponentFields))
                {
                    if (fieldName != key || !field.FieldType.IsInstanceOfType(value)) continue;
                    field.SetValue(this, value);
                    return;
                }
                foreach (var property in GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
                {
                    if (property.Name != key || !property.CanWrite || !property.PropertyType.IsInstanceOfType(value)) continue;
                    property.SetValue(this, value);
                    return;
                }
            }

            /// <summary>A moved copy of a buffer, or false when it already is where it should be. The old one is disposed.</summary>
            protected static bool ReplaceBuffer(ScalarType? dtype, Device? device, Tensor buffer, out Tensor? result)
            {
                result = null;
                var (type, place) = TargetOf(buffer, dtype, device);
                if (IsAt(buffer, type, place)) return false;
                result = buffer.to(type, place).DetachFromDisposeScope();
                buffer.Dispose();
                return true;
            }

            /// <summary>A moved copy of a parameter (a leaf again, its gradient moved too), or false when nothing changes.</summary>
            protected static bool ReplaceParameter(ScalarType? dtype, Device? device, Parameter param, out Parameter? p)
            {
                p = null;
                using var grad = param.grad;
                var (type, place) = TargetOf(param, dtype, device);
                if (IsAt(param, type, place) && (grad is null || IsAt(grad, type, place))) return false;
                using var noGrad = torch.no_grad();
                // A gradient may have to move when the values do not; the copy keeps the two parameters from sharing storage.
                p = new Parameter(param.to(type, place, copy: true), param.requires_grad);
                p.DetachFromDisposeScope();
                if (grad is not null)
                {
                    using var movedGrad = grad.to(type, place);
                    p.grad = movedGrad;
                }
                return true;
            }

            private static (ScalarType, Device) TargetOf(Tensor tensor, ScalarType? dtype, Device? device)
            {
                var own = tensor.dtype;
                return (dtype is not null && IsFloatingOrComplex(own) ? dtype.Value : own, device ?? tensor.device);
            }

            private static bool IsAt(Tensor tensor, ScalarType dtype, Device device)
                => tensor.dtype == dtype && tensor.device_type == device.type
                    && (device.type != DeviceType.CUDA || device.index < 0 || tensor.device_index == device.index);

            private static bool IsFloatingOrComplex(ScalarType type) => type is ScalarType.Float16 or ScalarType.BFloat16
                or ScalarType.Float32 or ScalarType.Float64 or ScalarType.ComplexFloat32 or ScalarType.ComplexFloat64;
        }
    }
}
