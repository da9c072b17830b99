using Acclimate.Classifiers;
using Acclimate.Features;
using Acclimate.Features.MeanMatching;
using Acclimate.Features.Shared;
using Acclimate.Torch;

namespace Acclimate.Selection.Guard;

/// <summary>
/// JDA and BDA with a linear kernel. Those that work in one space share its coordinates and the decomposition of their scatter, which cost the most.
/// </summary>
internal static class AlignmentMembers
{
    private const int Rounds = 5;
    private const int Few = 30, Many = 100;

    /// <summary>C of logistic regression on embedded samples, which have length 1: the middle of the three.</summary>
    private const double C = 10;

    public static IReadOnlyList<PoolMember> All { get; } =
    [
        Member("jda-30", Few),
        Member("jda-100", Many),
        Member("jda-100-0.1", Many, lambda: 0.1),
        Member("bda-1", Many, mu: 1),
        Member("bda-0.9", Many, mu: 0.9),
        Member("jda-z-100", Many, standardised: true),
        Member("jda-other", Many, other: true),
    ];

    private static PoolMember Member(string name, int dimensions, double lambda = 1, double? mu = null, bool standardised = false, bool other = false) =>
        new(name, PoolFamilies.Alignment, spaces => Fit(spaces, standardised ? spaces.Standardised : spaces.Original, other, dimensions, lambda, mu));

    private static MemberFit Fit(PairSpaces spaces, PairSpace space, bool other, int dimensions, double lambda, double? mu)
    {
        using TensorScope scope = TensorScope.Begin();
        SourceBase kind = other ? spaces.Other : spaces.Choice.Base;

        // A machine's scores are no probabilities that rounds could rest on.
        Classifier classifier = SourceChoice.Classifier(kind == SourceBase.Svm ? SourceBase.Logistic : kind, C);
        FeatureData data = new(space.Source, spaces.Labels, spaces.Pair.Classes, space.Target);
        PseudoLabelRounds rounds = spaces.Rounds(space, data);
        FittedFeatures found = rounds.Run(Rounds, dimensions, lambda, ColumnScale.UnitLength, unitRows: true, (pseudo, _) => Factors(data, pseudo, mu), classifier: classifier);
        foreach (Tensor tensor in found.Tensors)
            spaces.Own(tensor);
        Tensor source = spaces.Own(found.Source.Apply(space.Source)), target = spaces.Own(found.Target.Apply(space.Target));
        FittedClassifier last = spaces.Own(classifier.Fit(source, spaces.Labels, spaces.Pair.Classes));
        return new MemberFit(
            spaces.Own(last.Probabilities(target)),
            PairSpaces.Within(space.OfSource, PairSpaces.Within(found.Source.Apply, last.Probabilities)),
            PairSpaces.Within(space.OfTarget, PairSpaces.Within(found.Target.Apply, last.Probabilities)),
            source, target);
    }

    /// <summary>E of JDA's M, or of BDA's where μ is given, over its norm.</summary>
    private static Tensor Factors(FeatureData data, int[]? pseudo, double? mu)
    {
        Tensor e;
        if (mu is { } balance && pseudo is not null && MmdFactors.Conditional(data.SourceLabels, pseudo, data.Classes) is { } classes)
            e = Tensor.Concatenate([MmdFactors.Joint(data, null) * Math.Sqrt(1 - balance), classes * Math.Sqrt(balance)], 1);
        else
            e = MmdFactors.Joint(data, mu is null ? pseudo : null);
        return e / Math.Sqrt(MmdFactors.Norm(e));
    }
}
