using System.Reflection;
using Acclimate.Torch;
using Xunit.v3;

namespace Acclimate.TestSupport;

/// <summary>Fails any test after which a tensor is still alive that was not there before.</summary>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class LeavesNoTensorAttribute : BeforeAfterTestAttribute
{
    private long before;

    /// <inheritdoc/>
    public override void Before(MethodInfo methodUnderTest, IXunitTest test) => before = Engine.LiveTensors;

    /// <inheritdoc/>
    public override void After(MethodInfo methodUnderTest, IXunitTest test)
    {
        ArgumentNullException.ThrowIfNull(test);
        long left = Engine.LiveTensors - before;
        Assert.True(left == 0, $"{test.TestDisplayName} left {left} tensor(s) undisposed");
    }
}
