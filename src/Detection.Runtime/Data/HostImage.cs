// One image of a batch whose images have sizes of their own, in plain arrays.
namespace Detection.Runtime;

/// <summary>An image as the network sees it, at the upper left of an array that may be larger.</summary>
/// <param name="Pixels">[3, Rows, Columns], preprocessed as the model's card says; zeros beside and below the image. Longer arrays are allowed.</param>
/// <param name="Rows">Rows, padding included.</param>
/// <param name="Columns">Columns, padding included.</param>
/// <param name="Size">The image without padding; boxes are fractions of it.</param>
public sealed record HostImage(float[] Pixels, int Rows, int Columns, BatchImage Size);
