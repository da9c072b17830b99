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
/// min (1/N_s) Σ −log Pr(y | x; w) + (η/2)‖w‖² + λ Σ_k w_k² (E_S^k − E_T^k(w))², E_S^k the observed mean of f_k a token in the
/// source, E_T^k its mean in the target as the model expects it. Held fixed, an E_T of a model that finds nothing in the target
/// would penalise good features with the bad; so the whole is minimised at once. What E_T adds to the gradient is its derivative
/// along one direction, V_k = −2λ w_k² (E_S^k − E_T^k), by a central difference: two more passes over the target.
/// </remarks>
public sealed class FeatureSubsettingCrf
{
    /// <summary>A central difference errs by the step's square, and by rounding over the step.</summary>
    private const double Step = 1e-5;

    /// <summary>λ, the penalty on weights of features whose expectations differ; 0 or more, 0 being the plain field. Default 10.</summary>
    public double Lambda { get; init; } = 10;

    /// <summary>η, the penalty on all weights alike; above 0. Default 1e-3.</summary>
    public double Ridge { get; init; } = 1e-3;

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
        LinearChain none = new(features, labels, new double[LinearChain.WeightCount(features, labels)]);
        double[] observed = Observed(none, source);

        // The plain field, which is a convex problem, is where the whole objective starts.
        LinearChain plain = Minimise(none, chain => Likelihood(chain, source, observed));
        context.Report(1, 2);
        LinearChain found = Lambda > 0 ? Minimise(plain, chain => Objective(chain, source, target, observed)) : plain;
        context.Report(2, 2);
        return found;
    }

    /// <summary>E_S: how often each weight's feature occurs, a token.</summary>
    internal static double[] Observed(LinearChain chain, IReadOnlyList<TokenSequence> source)
    {
        double[] counts = new double[chain.Weights.Length];
        foreach (TokenSequence sequence in source)
            chain.AddCounts(sequence, counts);
        return PerToken(counts, source);
    }

    /// <summary>The whole objective and its gradient.</summary>
    internal (double Value, double[] Gradient) Objective(
        LinearChain chain, IReadOnlyList<TokenSequence> source, IReadOnlyList<TokenSequence> target, double[] observed)
    {
        (double value, double[] gradient) = Likelihood(chain, source, observed);
        double[] expected = Expectations(chain, target).Means, along = new double[gradient.Length];
        for (int k = 0; k < gradient.Length; k++)
        {
            double w = chain.Weights[k], shift = observed[k] - expected[k];
            value += Lambda * w * w * shift * shift;
            gradient[k] += 2 * Lambda * w * shift * shift;
            along[k] = -2 * Lambda * w * w * shift;
        }

        // ∂(E_T·V)/∂w is the Hessian of log Z times V, and so the change of E_T along V.
        double length = Math.Sqrt(along.Sum(static v => v * v));
        if (length == 0)
            return (value, gradient);
        double[] ahead = Moved(Step / length), behind = Moved(-Step / length);
        for (int k = 0; k < gradient.Length; k++)
            gradient[k] += (ahead[k] - behind[k]) / (2 * Step / length);
        return (value, gradient);

        double[] Moved(double by) => Expectations(chain with { Weights = [.. chain.Weights.Zip(along, (w, v) => w + (by * v))] }, target).Means;
    }

    /// <summary>Minus the mean log-likelihood a token, with the penalty on all weights alike, and its gradient.</summary>
    private (double Value, double[] Gradient) Likelihood(LinearChain chain, IReadOnlyList<TokenSequence> source, double[] observed)
    {
        (double[] gradient, double value) = Expectations(chain, source);
        for (int k = 0; k < gradient.Length; k++)
        {
            double w = chain.Weights[k];
            value += (Ridge / 2 * w * w) - (w * observed[k]);
            gradient[k] += (Ridge * w) - observed[k];
        }

        return (value, gradient);
    }

    private static LinearChain Minimise(LinearChain start, Func<LinearChain, (double Value, double[] Gradient)> objective)
    {
        using TensorScope scope = TensorScope.Begin();
        QuasiNewton.Minimum found = QuasiNewton.Minimise(
            at =>
            {
                (double value, double[] gradient) = objective(start with { Weights = at.ToArray<double>() });
                return (value, Tensor.From(gradient, gradient.Length));
            },
            Tensor.From(start.Weights, start.Weights.Length), 1e-4, 200);
        return start with { Weights = found.At.ToArray<double>() };
    }

    /// <summary>The features' expectations under the model, and the log partition functions, a token.</summary>
    private static (double[] Means, double LogPartition) Expectations(LinearChain chain, IReadOnlyList<TokenSequence> sequences)
    {
        double[] means = new double[chain.Weights.Length];
        double sum = sequences.Sum(sequence => chain.AddExpectations(sequence, means));
        return (PerToken(means, sequences), sum / sequences.Sum(static s => s.Count));
    }

    private static double[] PerToken(double[] sums, IReadOnlyList<TokenSequence> sequences)
    {
        double tokens = sequences.Sum(static s => s.Count);
        return Array.ConvertAll(sums, sum => sum / tokens);
    }

    private void Check(IReadOnlyList<TokenSequence> source, IReadOnlyList<TokenSequence> target, int labels)
    {
        Require(Lambda >= 0 && double.IsFinite(Lambda), $"lambda is {Lambda}; expected 0 or more");
        Require(Ridge > 0 && double.IsFinite(Ridge), $"ridge is {Ridge}; expected a number above 0");
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
