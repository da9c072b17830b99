using Acclimate.Features.Maps;
using Acclimate.Torch;

namespace Acclimate.Tests.Features.Transport;

public sealed class BarycentricMapTests
{
    [Fact]
    public void Apply_SampleThatWasSeen_GoesToItsBarycentre()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(1);
        Tensor plan = Tensor.Uniform([7, 5], generator, 0, 1, ScalarType.Float64);
        Tensor x = Tensor.Normal([7, 3], generator, ScalarType.Float64), y = Tensor.Normal([5, 3], generator, ScalarType.Float64);

        Tensor mapped = BarycentricMap.Of(plan, x, y).Apply(x);

        Assert.InRange((mapped - plan.MatMul(y) / plan.Sum(1, keep: true)).Abs().Max().ToDouble(), 0, 1e-14);
    }

    [Fact]
    public void Apply_SampleThatWasNotSeen_GoesAlongWithTheNearest()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor plan = Tensor.Eye(2, ScalarType.Float64), x = Tensor.From<double>([0, 0, 10, 10], 2, 2), y = Tensor.From<double>([1, 2, 30, 40], 2, 2);

        Assert.Equal([2, 4, 29, 39], BarycentricMap.Of(plan, x, y).Apply(Tensor.From<double>([1, 2, 9, 9], 2, 2)).ToArray<double>());
    }

    [Fact]
    public void Apply_SampleWithoutMass_GoesAlongWithTheNearestThatHasMass()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor plan = Tensor.From<double>([0.5, 0, 0, 0, 0, 0.5], 3, 2), x = Tensor.From<double>([0, 1, 10], 3, 1), y = Tensor.From<double>([5, 6], 2, 1);

        Assert.Equal([5, 6, 6], BarycentricMap.Of(plan, x, y).Apply(x).ToArray<double>());
    }

    [Fact]
    public void Apply_MoreRowsThanAtATime_IsAsRowByRow()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(2);
        Tensor x = Tensor.Normal([4, 2], generator, ScalarType.Float64), many = Tensor.Normal([2100, 2], generator, ScalarType.Float64);
        BarycentricMap map = BarycentricMap.Of(Tensor.Eye(4, ScalarType.Float64), x, x * 2);

        Tensor nearest = (many.Unsqueeze(1) - x.Unsqueeze(0)).Square().Sum(2).ArgMin(1);
        Assert.InRange((map.Apply(many) - many - x.IndexSelect(0, nearest)).Abs().Max().ToDouble(), 0, 1e-12);
    }

    [Fact]
    public void Apply_OtherFeatures_IsRefused()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Tensor.Ones([1, 2], ScalarType.Float64);
        BarycentricMap map = BarycentricMap.Of(Tensor.Ones([1, 1], ScalarType.Float64), x, x);
        Assert.Throws<ArgumentException>(() => map.Apply(Tensor.Ones([1, 3], ScalarType.Float64)));
    }
}
