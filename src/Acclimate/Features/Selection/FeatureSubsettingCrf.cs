using Acclimate.Features.Shared;
using Acclimate.Torch;

namespace Acclimate.Features.Selection;

/// <summary>
/// Feature subsetting for sequences: a linear-chain conditional random field whose weights are penalised by how far their
/// features' expectations are apart in the two domains. Satpal and Sarawagi, PKDD 2007, the paper's own setting (information
/// extraction); <see cref="FeatureSubsetting"/> is the same for single samples.
/// </summary>
/// <remarks>
/// With N_s and N_t tokens in the domains, f_k(x, y) how often a pair of feature and label, or of two labels, occurs:
/// min (1/N_s) Σ −log Pr(y | x; w) + (η/2)‖w‖² + λ Σ_k w_k² (E_S^k − E_T^k)², E_S^k the observed mean of f_k a token in the
/// source, E_T^k its mean in the target as the model expects it. As in the paper, E_T is held while the weights are found (a
/// convex problem), then found anew by the new weights; the first round knows no E_T and is the plain field.
/// </remarks>
public sealed class FeatureSubsettingCrf
{
    /// <summary>λ, the penalty on weights of features whose expectations differ; 0 or more, 0 being the plain field. Default 100.</summary>
    public double Lambda { get; init; } = 100;

    /// <summary>η, the penalty on all weights alike; above 0. Default 1e-3.</summary>
    public double Ridge { get; init; } = 1e-3;

    /// <summary>How often the expectations on the target are found anew, 1 or more. Default 5.</summary>
    public int Rounds { get; init; } = 5;

    /// <summary>Learns from labelled sequences of the source and unlabelled ones of the target.</summary>
    /// <param name="source">Labelled sequences, one or more.</param>
    /// <param name="target">Sequences, one or more; labels that they may have are not looked at.</param>
    /// <param name="labels">How many labels there are, 1 or more.</param>
    /// <param name="context">Progress and cancellation.</param>
    /// <exception cref="ArgumentException">An option is out of range, a domain is empty, or a source sequence isn't labelled in range.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public LinearChain Fit(IReadOnlyList<TokenSequence> source, IReadOnlyList<TokenSequence> target, int labels, FitContext? context = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(target);
        Check(source, target, labels);
        context ??= new FitContext();
        int features = 1 + source.Concat(target).Max(static s => s.Features.Max(static token => token.Count == 0 ? -1 : token.Max()));
        int size = LinearChain.WeightCount(features, labels);
        double[] observed = new double[size], weights = new double[size], penalty = new double[size];
        foreach (TokenSequence sequence in source)
            new LinearChain(features, labels, weights).AddCounts(sequence, observed);
        Divide(observed, source);

        int rounds = Lambda > 0 ? Rounds + 1 : 1;
        for (int round = 1; round <= rounds; round++)
        {
            using TensorScope scope = TensorScope.Begin();
            if (round > 1)
            {
                double[] expected = Expectations(new LinearChain(features, labels, weights), target).Means;
                penalty = [.. observed.Zip(expected, (s, t) => Lambda * (s - t) * (s - t))];
            }

            weights = QuasiNewton.Minimise(
                at =>
                {
                    (double value, double[] slope) = Objective(new LinearChain(features, labels, at.ToArray<double>()), source, observed, penalty);
                    return (value, Tensor.From(slope, size));
                },
                Tensor.From(weights, size), 1e-5).At.ToArray<double>();
            context.Report(round, rounds);
        }

        return new LinearChain(features, labels, weights);
    }

    /// <summary>The objective with the expectations on the target held, and its gradient.</summary>
    /// <param name="chain">The weights.</param>
    /// <param name="source">The labelled sequences.</param>
    /// <param name="observed">E_S.</param>
    /// <param name="penalty">λ(E_S − E_T)².</param>
    internal (double Value, double[] Gradient) Objective(LinearChain chain, IReadOnlyList<TokenSequence> source, double[] observed, double[] penalty)
    {
        (double[] gradient, double value) = Expectations(chain, source);
        for (int k = 0; k < gradient.Length; k++)
        {
            double w = chain.Weights[k];
            value += (((Ridge / 2) + penalty[k]) * w * w) - (w * observed[k]);
            gradient[k] += ((Ridge + (2 * penalty[k])) * w) - observed[k];
        }

        return (value, gradient);
    }

    /// <summary>The features' expectations under the model, and the log partition functions, a token.</summary>
    private static (double[] Means, double LogPartition) Expectations(LinearChain chain, IReadOnlyList<TokenSequence> sequences)
    {
        double[] means = new double[chain.Weights.Length];
        double sum = sequences.Sum(sequence => chain.AddExpectations(sequence, means));
        Divide(means, sequences);
        return (means, sum / sequences.Sum(static s => s.Count));
    }

    private static void Divide(double[] sums, IReadOnlyList<TokenSequence> sequences)
    {
        double tokens = sequences.Sum(static s => s.Count);
        for (int k = 0; k < sums.Length; k++)
            sums[k] /= tokens;
    }

    private void Check(IReadOnlyList<TokenSequence> source, IReadOnlyList<TokenSequence> target, int labels)
    {
        Require(Lambda >= 0 && double.IsFinite(Lambda), $"lambda is {Lambda}; expected 0 or more");
        Require(Ridge > 0 && double.IsFinite(Ridge), $"ridge is {Ridge}; expected a number above 0");
        Require(Rounds >= 1, $"rounds is {Rounds}; expected 1 or more");
        Require(labels >= 1, $"there are {labels} labels; expected 1 or more");
        Require(source.Count > 0 && target.Count > 0, $"there are {source.Count} source and {target.Count} target sequences; expected one or more of each");
        Require(source.All(s => s.Labels is not null && s.Labels.All(l => l < labels)), $"a source sequence has no labels, or one above {labels - 1}");

        static void Require(bool holds, FormattableString fault)
        {
            if (!holds)
                throw new ArgumentException($"feature subsetting of sequences: {FormattableString.Invariant(fault)}");
        }
    }
}
