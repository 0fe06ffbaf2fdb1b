// What a model computes in, for models whose spec says `precision: bf16`: their casts are placed at compile time and can be switched off.
namespace Detection.Runtime;

/// <summary>A number format.</summary>
public enum ComputePrecision
{
    /// <summary>32-bit floats everywhere.</summary>
    Float32,

    /// <summary>bfloat16 where an operator can: the range of 32-bit floats with 8 bits of mantissa.</summary>
    BFloat16,
}

/// <summary>A model with casts in it. Its weights are 32-bit floats whatever it computes in, and so are its results.</summary>
public interface IMixedPrecision
{
    /// <summary>What it computes in; with <see cref="ComputePrecision.Float32"/> its casts do nothing. Not to be changed while a pass runs.</summary>
    ComputePrecision Precision { get; set; }
}
