// Tells the verifier which test is running. The build adds it to every assembly that references Verify.Xunit.
using System.Reflection;
using Xunit.Sdk;

namespace VerifyXunit;

[AttributeUsage(AttributeTargets.Assembly)]
public sealed class UseVerifyAttribute : BeforeAfterTestAttribute
{
    private static readonly AsyncLocal<MethodInfo?> Running = new();

    public override void Before(MethodInfo methodUnderTest) => Running.Value = methodUnderTest;

    public override void After(MethodInfo methodUnderTest) => Running.Value = null;

    internal static MethodInfo RunningTest() => Running.Value
        ?? throw new InvalidOperationException("No test is running, or its assembly lacks [assembly: VerifyXunit.UseVerify], which the build adds.");
}
