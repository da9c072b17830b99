using Acclimate.Catalog;

namespace Acclimate.Selection.Validators;

/// <summary>
/// Whether the predicted labels teach what the source knows: one classifier, the same for all candidates, learns the target's predicted
/// labels (features of each domain standardised by that domain) and is tested on the source's true ones.
/// </summary>
/// <remarks>0 to 1. Where one class alone is predicted it is that class's share of the source. Of more than 4,000 samples of a domain as many are used, evenly spaced.</remarks>
[Validator("rev-fix",
    Title = "reverse validation by one judge on standardised features",
    Formula = "share of source samples with g(z_s(x)) = y,  g a logistic regression of ŷ on z_t(x), z the domain's own z-scores",
    Paper = "reverse validation after Zhong, Fan, Yang, Verscheure, Ren: Cross Validation Framework to Choose amongst Models and Datasets for Transfer Learning, ECML PKDD 2010, with a judge that is no candidate's own",
    Beware = "Right where one linear function of the features tells the classes in both domains, of little use where none does, and hurt by label shift.")]
public sealed class StandardisedReverse : Validator
{
    /// <summary>C, above 0, where the target's mean squared norm is 1. Default 10.</summary>
    [Option("C", "what a sample's loss weighs against ‖w‖²/2, above 0, where the target's mean squared norm is 1")]
    public double C { get; init; } = 10;

    /// <inheritdoc/>
    public override void Validate() => FixedJudge.ValidateC("rev-fix", C);

    /// <inheritdoc/>
    protected override double Measure(LabelFreePair pair, Candidate candidate, IReadOnlyList<Candidate> pool) =>
        FixedJudge.Accuracy(pair, candidate, C, standardise: true);
}
