using Acclimate.Torch;

namespace Acclimate.Selection.Guard;

/// <summary>One way of labelling the target, fitted.</summary>
/// <param name="Target">The target's class probabilities: [n_t, C].</param>
/// <param name="OfSource">Those of further source samples in the original space.</param>
/// <param name="OfTarget">Those of further target samples.</param>
/// <param name="SourceFeatures">The source where it was mapped to; none in the original space.</param>
/// <param name="TargetFeatures">The target there.</param>
/// <param name="Classifier">What classifies samples there; none where more than a classifier does.</param>
internal sealed record MemberFit(
    Tensor Target, Func<Tensor, Tensor> OfSource, Func<Tensor, Tensor> OfTarget, Tensor? SourceFeatures, Tensor? TargetFeatures, Classifiers.FittedClassifier? Classifier = null);

/// <summary>One member of the pool.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Family">What it has in common with others.</param>
/// <param name="Fit">Fits it; what is returned lives as long as the spaces.</param>
internal sealed record PoolMember(string Name, string Family, Func<PairSpaces, MemberFit> Fit);

/// <summary>The members that the pool is made of: four families, each with a second base classifier among them.</summary>
internal static class PoolFamilies
{
    public const string Source = "source", SelfTraining = "self-training", Propagation = "propagation", Alignment = "alignment";

    /// <summary>Self-training from the source's own classifier: with each domain standardised by itself, and with the source brought to the target's covariance.</summary>
    public const string Standardised = "self-training-z", Coral = "self-training-coral";

    /// <summary>All of them, the source's own classifiers first.</summary>
    public static IReadOnlyList<PoolMember> Members { get; } = [.. SourceMembers.All, .. SelfTrainingMembers.All, .. PropagationMembers.All, .. AlignmentMembers.All];

    /// <summary>The good default: self-training with each domain standardised by itself; by CORAL where the source picks 1-NN, whose distances standardising spoils.</summary>
    public static string DefaultOf(SourceBase kind) => kind == SourceBase.Neighbour ? Coral : Standardised;

    /// <summary>The member that is the source's own model.</summary>
    public static string NameOf(SourceBase kind) => kind switch { SourceBase.Neighbour => "source-1nn", SourceBase.Svm => "source-svm", _ => "source-logistic" };
}

/// <summary>The source's own classifiers.</summary>
internal static class SourceMembers
{
    public static IReadOnlyList<PoolMember> All { get; } =
        [.. Enum.GetValues<SourceBase>().Select(static kind => new PoolMember(
            PoolFamilies.NameOf(kind), PoolFamilies.Source, spaces => spaces.Member(spaces.Original, spaces.Classifier(spaces.Original, kind))))];
}
