using Acclimate.Torch;

namespace Acclimate.Features.Transport;

/// <summary>How much of each source sample goes to each target sample.</summary>
/// <param name="Plan">γ: [n_s, n_t], 0 or more; rows sum to 1/n_s and columns to 1/n_t.</param>
/// <param name="Certificate">How near it is to the optimum.</param>
internal sealed record Coupling(Tensor Plan, Certificate Certificate)
{
    /// <summary>The largest violation of γ1 = 1/n_s or γᵀ1 = 1/n_t, relative to the masses.</summary>
    public static double MarginalError(Tensor plan)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor rows = plan.Sum(1) * plan.Size(0), columns = plan.Sum(0) * plan.Size(1);
        return Math.Max((rows - 1).Abs().Max().ToDouble(), (columns - 1).Abs().Max().ToDouble());
    }
}
