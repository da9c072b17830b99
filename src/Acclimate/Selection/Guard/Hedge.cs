using Acclimate.Torch;

namespace Acclimate.Selection.Guard;

/// <summary>Candidates and what each weighs: p = (1 − w) Σ_j a_j p_j + w p₀.</summary>
/// <param name="Candidates">The candidates; one at least.</param>
/// <param name="Source">Which is the source's own model.</param>
/// <param name="Weights">w and a.</param>
public sealed record Hedge(IReadOnlyList<Candidate> Candidates, int Source, HedgeWeights Weights)
{
    /// <summary>Σ_j a_j p_j of the target's samples: [n_t, C].</summary>
    public Tensor Adapted() => Sum(static candidate => candidate.Target);

    /// <summary>p of the target's samples: [n_t, C].</summary>
    public Tensor Target()
    {
        using TensorScope scope = TensorScope.Begin();
        return scope.Keep(Mixed(Candidates[Source].Target, Adapted()));
    }

    /// <summary>(1 − w) a + w b of two matrices.</summary>
    /// <param name="source">What the source's own model says.</param>
    /// <param name="adapted">What the adapted side says.</param>
    public Tensor Mixed(Tensor source, Tensor adapted)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(adapted);
        using TensorScope scope = TensorScope.Begin();
        return scope.Keep((adapted * (1 - Weights.Source)) + (source * Weights.Source));
    }

    /// <summary>The same hedge without some candidates on the adapted side, the others' weights scaled to sum to 1; and what these others weighed together.</summary>
    /// <param name="without">Which are left out.</param>
    internal (Hedge Others, double Share) Without(params int[] without)
    {
        double share = Weights.Adapted.Where((_, i) => !without.Contains(i)).Sum();
        return (this with { Weights = Weights with { Adapted = [.. Weights.Adapted.Select((weight, i) => without.Contains(i) ? 0 : weight / share)] } }, share);
    }

    /// <summary>Σ_j a_j p_j, p_j by whatever way a candidate says it; those of weight 0 are not asked.</summary>
    /// <param name="said">What a candidate says: [m, C].</param>
    public Tensor Sum(Func<Candidate, Tensor> said)
    {
        ArgumentNullException.ThrowIfNull(said);
        using TensorScope scope = TensorScope.Begin();
        Tensor? sum = null;
        for (int i = 0; i < Candidates.Count; i++)
        {
            if (Weights.Adapted[i] > 0)
                sum = sum is null ? said(Candidates[i]) * Weights.Adapted[i] : sum + (said(Candidates[i]) * Weights.Adapted[i]);
        }

        return scope.Keep(sum ?? throw new InvalidOperationException("no candidate weighs anything"));
    }
}
