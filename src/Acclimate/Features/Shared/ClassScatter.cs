using Acclimate.Torch;

namespace Acclimate.Features.Shared;

/// <summary>The scatter of labelled samples, parted by Fisher: S_w + S_b is the scatter about the mean of all.</summary>
/// <param name="Within">S_w = Σ_c Σᵢ (xᵢ − m_c)ᵀ(xᵢ − m_c): [d, d].</param>
/// <param name="Between">S_b = Σ_c n_c (m_c − m)ᵀ(m_c − m): [d, d].</param>
internal sealed record ClassScatter(Tensor Within, Tensor Between)
{
    /// <summary>The scatter of labelled samples; a class without any adds nothing.</summary>
    /// <param name="samples">[n, d], float64.</param>
    /// <param name="labels">The class of each, from 0.</param>
    /// <param name="classes">How many classes there are.</param>
    public static ClassScatter Of(Tensor samples, int[] labels, int classes)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor of = Tensor.From<long>([.. labels.Select(static label => (long)label)]);
        Tensor member = of.OneHot(classes).To(ScalarType.Float64);
        Tensor counts = member.Sum(0).Unsqueeze(1);
        Tensor means = member.T.MatMul(samples) / counts.Clamp(low: 1);
        Tensor within = samples - means.IndexSelect(0, of);
        Tensor between = (means - samples.Mean(0, keep: true)) * counts.Sqrt();
        return new ClassScatter(scope.Keep(within.T.MatMul(within)), scope.Keep(between.T.MatMul(between)));
    }
}
