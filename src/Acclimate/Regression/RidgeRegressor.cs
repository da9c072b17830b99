using Acclimate.Catalog;
using Acclimate.Features.Maps;
using Acclimate.Torch;

namespace Acclimate.Regression;

/// <summary>Ridge regression: min Σᵢ wᵢ(v·xᵢ + b − yᵢ)² + λ‖v‖², in closed form, the offset without penalty. Over the features, or over the samples where these are fewer.</summary>
public sealed class RidgeRegressor : Regressor
{
    /// <summary>λ, above 0. Default 1.</summary>
    [Option("lambda", "the weight of ‖v‖², above 0", Search = "0.001..1000 log")]
    public double Lambda { get; init; } = 1;

    /// <inheritdoc/>
    public override void Validate()
    {
        if (!(Lambda > 0 && double.IsFinite(Lambda)))
            throw new ArgumentException(FormattableString.Invariant($"ridge: lambda is {Lambda}; expected above 0"));
    }

    /// <inheritdoc/>
    protected override FittedRegressor Learn(Tensor samples, double[] values, double[] weights)
    {
        Tensor w = Tensor.From(weights, weights.Length, 1), y = Tensor.From(values, values.Length, 1);
        Tensor share = w / w.Sum(), mean = (share * samples).Sum(0, keep: true), middle = (share * y).Sum(0, keep: true), root = w.Sqrt();
        Tensor x = (samples - mean) * root, z = (y - middle) * root;

        // (XᵀX + λI)⁻¹Xᵀz = Xᵀ(XXᵀ + λI)⁻¹z
        long n = x.Size(0), d = x.Size(1);
        Tensor v = d <= n
            ? (x.T.MatMul(x) + (Tensor.Eye(d, ScalarType.Float64) * Lambda)).Solve(x.T.MatMul(z))
            : x.T.MatMul((x.MatMul(x.T) + (Tensor.Eye(n, ScalarType.Float64) * Lambda)).Solve(z));
        return new FittedMapRegressor(new AffineMap(v), (middle - mean.MatMul(v)).ToArray<double>()[0]);
    }
}
