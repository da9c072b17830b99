using Acclimate.Classifiers;
using Acclimate.Torch;

namespace Acclimate.Selection.Validators;

/// <summary>
/// One judge for all candidates: a logistic regression that learns the target's predicted labels and is tested on the source's
/// true ones. Both domains are scaled by what makes the target's mean squared norm 1. Of more than 4,000 samples of a domain as
/// many are used, evenly spaced.
/// </summary>
internal static class FixedJudge
{
    /// <summary>The share of source samples that it labels right.</summary>
    /// <param name="pair">The samples, the source's labels.</param>
    /// <param name="candidate">Whose predictions it learns.</param>
    /// <param name="c">C, what a sample's loss weighs against ‖w‖²/2.</param>
    /// <param name="standardise">Whether each domain's features are first brought to mean 0 and deviation 1.</param>
    public static double Accuracy(LabelFreePair pair, Candidate candidate, double c, bool standardise)
    {
        long[] learnt = OriginalSpace.EvenlySpaced(pair.Target.Size(0), OriginalSpace.Limit), asked = OriginalSpace.EvenlySpaced(pair.Source.Size(0), OriginalSpace.Limit);
        int[] predicted = ClassProbabilities.Of(candidate.Target).Labels();
        Tensor target = standardise ? Standardised(pair.Target) : pair.Target, source = standardise ? Standardised(pair.Source) : pair.Source;
        double norm = Math.Sqrt(target.Square().Sum(1).Mean().ToDouble()), scale = norm > 0 ? 1 / norm : 1;
        Tensor train = target.IndexSelect(0, Tensor.From(learnt)) * scale, test = source.IndexSelect(0, Tensor.From(asked)) * scale;
        using FittedClassifier judge = new LogisticRegression { C = c }.Fit(train, Array.ConvertAll(learnt, row => predicted[row]), pair.Classes);
        return judge.Predict(test).Zip(asked, (found, row) => found == pair.SourceLabels[(int)row] ? 1.0 : 0).Average();
    }

    public static void ValidateC(string name, double c)
    {
        if (!(c > 0 && double.IsFinite(c)))
            throw new ArgumentException(FormattableString.Invariant($"{name}: C is {c}; expected above 0"));
    }

    private static Tensor Standardised(Tensor samples)
    {
        Tensor deviation = samples.StandardDeviation(0, unbiased: false, keep: true);
        return (samples - samples.Mean(0, keep: true)) / deviation.GreaterThan(0).Where(deviation, deviation.OnesLike());
    }
}
