// Names of the pictures that are written: the image's own, made distinct where two images share one.
namespace Detection.Cli;

internal sealed class OutputNames(string folder)
{
    private readonly HashSet<string> taken = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The path for an image's picture: a JPEG stays one, everything else becomes a PNG; the second photo.png becomes photo-2.png.</summary>
    public string For(string image)
    {
        var stem = Path.GetFileNameWithoutExtension(image);
        var ending = Path.GetExtension(image).ToLowerInvariant() is (".jpg" or ".jpeg") and var jpeg ? jpeg : ".png";
        var name = stem + ending;
        for (var number = 2; !taken.Add(name); number++)
        {
            name = $"{stem}-{number}{ending}";
        }
        return Path.Combine(folder, name);
    }
}
