using Acclimate.Catalog;
using Acclimate.Features.Maps;
using Acclimate.Torch;

namespace Acclimate.Features.Reconstruction;

/// <summary>
/// mSDA: layers that each undo noise which drops features, learnt on both domains' samples together and in closed form, for the mean over all
/// ways to drop them. Chen, Xu, Weinberger, Sha, "Marginalized Denoising Autoencoders for Domain Adaptation", ICML 2012: equations 3 (the mapping),
/// 4 to 6 (its expectation), section 3.3 (layers, and what comes out).
/// </summary>
/// <remarks>
/// With S the scatter of both domains' samples behind which stands a constant 1, and q_i = 1 − p (1 for the constant), E[Q]_ij = S_ij q_i q_j for
/// i ≠ j, E[Q]_ii = S_ii q_i and E[P]_ij = S_ij q_j: the mapping is W = E[P]E[Q]⁻¹, all but the constant's row. What comes out of all layers stands side by
/// side behind the samples themselves.
/// </remarks>
[Method("msda", Family.Features, LabelSetting.UnsupervisedTarget,
    Title = "Marginalised stacked denoising autoencoder (mSDA)",
    Summary = "Layers that reconstruct both domains' samples from what is left of them when features are dropped, in closed form; made for bags of words.",
    Formula = "W = E[P]E[Q]⁻¹ = argmin E‖X̄ − WX̃‖²,  h_l = tanh(W_l (h_{l−1}, 1)),  z = (x, h_1, …, h_L)",
    Paper = "Chen, Xu, Weinberger, Sha: Marginalized Denoising Autoencoders for Domain Adaptation, ICML 2012")]
public sealed class MarginalisedDenoising : FeatureMethod
{
    /// <summary>p, how likely a feature is dropped.</summary>
    [Option("noise", "how likely a feature is dropped, 0 to below 1 (0.99 at most)", Search = "0.1..0.9", Source = "by cross-validation in the paper; 0.5 is half-way")]
    public double Noise { get; init; } = 0.5;

    /// <summary>L, how many layers there are.</summary>
    [Option("layers", "how many layers there are, 1 or more", Search = "1..5", Source = "5 in the paper's comparisons")]
    public int Layers { get; init; } = 5;

    /// <summary>What is added to the diagonal of E[Q], so that it can be inverted where a feature is always 0.</summary>
    [Option("ridge", "what is added to the matrix to be inverted, relative to its mean diagonal, above 0", Search = "1e-6..0.01 log", Source = "0.00001 in the released code, not relative")]
    public double Ridge { get; init; } = 1e-5;

    /// <inheritdoc/>
    public override void Validate()
    {
        Require(Noise is >= 0 and <= 0.99, $"noise is {Noise}; expected 0 to 0.99");
        Require(Layers >= 1, $"layers is {Layers}; expected 1 or more");
        Require(Ridge > 0 && double.IsFinite(Ridge), $"ridge is {Ridge}; expected a number above 0");
    }

    /// <inheritdoc/>
    protected override FittedFeatures Learn(FeatureData data, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(context);
        using TensorScope all = TensorScope.Begin();
        Tensor hidden = data.Pooled();
        FeatureMap map = new IdentityMap();
        double worst = 0;
        for (int layer = 1; layer <= Layers; layer++)
        {
            using TensorScope scope = TensorScope.Begin();
            (Tensor w, double residual) = Mapping(hidden, Noise, Ridge);
            DenoisingMap next = new(scope.Keep(w));
            map = map.Then(next);
            hidden = scope.Keep(next.Apply(hidden).Slice(1, data.Features, 2 * data.Features).Clone());
            worst = Math.Max(worst, residual);
            context.Report(layer, Layers);
        }

        foreach (Tensor tensor in map.Tensors)
            all.Keep(tensor);
        return new FittedFeatures(map, new Certificate { KktResidual = worst });
    }

    /// <summary>The mapping that reconstructs samples best, on average over all ways to drop features.</summary>
    /// <param name="samples">[n, d].</param>
    /// <param name="noise">p.</param>
    /// <param name="ridge">What is added to the diagonal of E[Q], relative to its mean.</param>
    /// <returns>Wᵀ, [d + 1, d], the constant's row last; and how far its linear equations are from being met, relative to their right side.</returns>
    internal static (Tensor Weight, double Residual) Mapping(Tensor samples, double noise, double ridge)
    {
        using TensorScope scope = TensorScope.Begin();
        long d = samples.Size(1);
        Tensor one = Tensor.Ones([1], ScalarType.Float64), x = Tensor.Concatenate([samples, Tensor.Ones([samples.Size(0), 1], ScalarType.Float64)], 1);
        Tensor s = x.T.MatMul(x) / samples.Size(0);
        Tensor q = Tensor.Concatenate([Tensor.Full([d], 1 - noise, ScalarType.Float64), one]);
        Tensor eye = Tensor.Eye(d + 1, ScalarType.Float64), diagonal = s * eye;
        Tensor expected = (s * q * q.Unsqueeze(1) * (1 - eye)) + (diagonal * q);
        expected += eye * (ridge * Math.Max(diagonal.Sum().ToDouble() / (d + 1), double.Epsilon));
        Tensor right = (s * q.Unsqueeze(1)).Slice(1, 0, d), weight = expected.Solve(right);
        double residual = (expected.MatMul(weight) - right).Norm().ToDouble() / Math.Max(right.Norm().ToDouble(), double.Epsilon);
        return (scope.Keep(weight), residual);
    }
}
