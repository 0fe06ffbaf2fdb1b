// The default names of .NET members in templates: LayerName is layer_name.
#nullable enable
using System.Reflection;
using System.Text;

namespace Scriban.Runtime;

partial class StandardMemberRenamer
{
    public static readonly MemberRenamerDelegate Default = Rename;

    public static string Rename(MemberInfo member) => Rename(member.Name);

    /// <summary>Lower case with an underscore before each run of capitals: HTTPServer becomes httpserver, MyType my_type.</summary>
    public static string Rename(string name)
    {
        var renamed = new StringBuilder(name.Length + 4);
        bool afterCapital = true;
        foreach (char c in name)
        {
            bool isCapital = char.IsUpper(c);
            if (isCapital && !afterCapital)
            {
                renamed.Append('_');
            }

            renamed.Append(isCapital ? char.ToLowerInvariant(c) : c);
            afterCapital = isCapital;
        }

        return renamed.ToString();
    }
}
