using Acclimate.Catalog;
using Acclimate.Torch;

namespace Acclimate.Selection.Validators;

/// <summary>
/// Whether a candidate stays with its word between the target's samples: each is mixed with one of its own predicted class, which probes the
/// density of the neighbourhood, and with one of another, which probes the boundary, and ought to keep the class of its greater part.
/// </summary>
/// <remarks>
/// 0 to 1. The paper averages the two ranks over models; the mean of the two shares ranks alike wherever they agree and needs no
/// pool. NaN where one class alone is predicted, or no class twice. Partners are drawn by a fixed seed. Of more than 4,000 samples as many are mixed, evenly spaced.
/// </remarks>
[Validator("mixval",
    Title = "mixed samples as probes",
    Formula = "½ (ICE_intra + ICE_inter),  ICE = share with f(λx_i + (1 − λ)x_j) = ŷ_i, partners j of the same or of another predicted class",
    Paper = "Hu, Liang, Liew, Xue, Bai, Wang: Mixed Samples as Probes for Unsupervised Model Selection in Domain Adaptation, NeurIPS 2023",
    Needs = ValidatorNeeds.Predict,
    Beware = "A smooth classifier is consistent between samples whether it is right or not; mixtures of raw features need not be samples of anything.")]
public sealed class MixVal : Validator
{
    /// <summary>λ, what the first sample has of the mixture, above ½ and below 1.</summary>
    [Option("lambda", "what the first sample has of a mixture, above 0.5 and below 1", Source = "0.55 in the paper")]
    public double Lambda { get; init; } = 0.55;

    /// <summary>What partners are drawn by.</summary>
    [Option("seed", "what partners are drawn by")]
    public int Seed { get; init; }

    /// <inheritdoc/>
    public override void Validate()
    {
        if (!(Lambda > 0.5 && Lambda < 1))
            throw new ArgumentException(FormattableString.Invariant($"mixval: lambda is {Lambda}; expected above 0.5 and below 1"));
    }

    /// <inheritdoc/>
    protected override double Measure(LabelFreePair pair, Candidate candidate, IReadOnlyList<Candidate> pool)
    {
        if (candidate.Predict is not { } predict)
            return double.NaN;
        int[] all = ClassProbabilities.Of(candidate.Target).Labels();

        // Sorted by class, a class is a run of places: a partner of the same class lies in the run, any other behind it, round the end.
        long[] order = [.. pair.Original.Rows.OrderBy(row => all[row])];
        ClusterMembers members = new(Array.ConvertAll(order, row => all[row]));
        int n = order.Length;
        using Generator generator = new(Generator.Derive(Seed, n));
        double[] chance = Tensor.Uniform([n * 2], generator, 0, 1, ScalarType.Float64).ToArray<double>();
        List<(long One, long Other)> intra = [], inter = [];
        for (int i = 0, first = 0; i < n; i++)
        {
            int size = (int)members.Sizes[members.Places[i]];
            first = i > 0 && members.Places[i] == members.Places[i - 1] ? first : i;
            if (size > 1)
                intra.Add((order[i], order[first + ((i - first + 1 + (int)(chance[2 * i] * (size - 1))) % size)]));
            if (size < n)
                inter.Add((order[i], order[(first + size + (int)(chance[(2 * i) + 1] * (n - size))) % n]));
        }

        return intra.Count == 0 || inter.Count == 0 ? double.NaN : (Consistency(intra) + Consistency(inter)) / 2;

        double Consistency(List<(long One, long Other)> mixed)
        {
            Tensor one = pair.Target.IndexSelect(0, Tensor.From([.. mixed.Select(static m => m.One)]));
            Tensor other = pair.Target.IndexSelect(0, Tensor.From([.. mixed.Select(static m => m.Other)]));
            Tensor found = predict((one * Lambda) + (other * (1 - Lambda)));
            if (found.Size(0) != mixed.Count || found.Size(1) != pair.Classes)
                throw new ArgumentException($"candidate '{candidate.Name}' predicts {found} for {mixed.Count} samples of {pair.Classes} classes", nameof(candidate));
            return ClassProbabilities.Of(found).Labels().Zip(mixed, (label, m) => label == all[m.One] ? 1.0 : 0).Average();
        }
    }
}
