using Acclimate.Torch;

namespace Acclimate.Selection.Validators;

/// <summary>
/// There and back: the target with its predicted labels becomes the source, the method is fitted again, and what it says of the old
/// source is held against the true labels.
/// </summary>
/// <remarks>0 to 1. Where one class alone is predicted it is that class's share of the source. NaN where the method can't be fitted on the turned pair.</remarks>
[Validator("reverse",
    Title = "reverse (circular) validation by the candidate's own method",
    Formula = "share of source samples with η_r(x) = y,  η_r the method fitted from (target, ŷ) to the source without labels",
    Paper = "Zhong, Fan, Yang, Verscheure, Ren: Cross Validation Framework to Choose amongst Models and Datasets for Transfer Learning, ECML PKDD 2010; section 5.1.2 of Ganin et al., JMLR 2016",
    Needs = ValidatorNeeds.Refit,
    Beware = "A method that collapses in both directions can come home to the right labels; it takes a second fit of every candidate.")]
public sealed class ReverseValidation : Validator
{
    /// <inheritdoc/>
    protected override double Measure(LabelFreePair pair, Candidate candidate, IReadOnlyList<Candidate> pool)
    {
        if (candidate.Refit is not { } refit)
            return double.NaN;
        int[] predicted = ClassProbabilities.Of(candidate.Target).Labels();
        if (predicted.All(label => label == predicted[0]))
            return LabelShift.Shares(pair.SourceLabels, pair.Classes)[predicted[0]];
        Tensor found;
        try
        {
            found = refit(new LabelFreePair(pair.Target, predicted, pair.Classes, pair.Source));
        }
        catch (Exception failure) when (failure is ArgumentException or TorchException)
        {
            return double.NaN;
        }

        if (found.Size(0) != pair.Source.Size(0) || found.Size(1) != pair.Classes)
            throw new ArgumentException($"candidate '{candidate.Name}' was refitted and says {found} of {pair.Source.Size(0)} samples of {pair.Classes} classes", nameof(candidate));
        return ClassProbabilities.Of(found).Labels().Zip(pair.SourceLabels, static (label, truth) => label == truth ? 1.0 : 0).Average();
    }
}
