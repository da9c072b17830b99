using Acclimate.Classifiers;
using Acclimate.Features.PseudoLabels;
using Acclimate.Torch;

namespace Acclimate.Selection.Guard;

/// <summary>
/// Self-training in several spaces. The first teacher is the source's own classifier in the original space. Logistic regression
/// learns from it, which heeds what samples count; but 1-NN from 1-NN, since where the source picks that, a linear student forgets what the teacher knew
/// (MNIST to USPS: 4 points below the source's own model, and 1-NN above it). One member has the other base classifier as teacher and as student.
/// </summary>
internal static class SelfTrainingMembers
{
    /// <summary>Four rounds, and eight: both from the study.</summary>
    private const int Rounds = 4, ManyRounds = 8;

    public static IReadOnlyList<PoolMember> All { get; } =
    [
        Member("self-training", static spaces => spaces.Original, Rounds),
        Member(PoolFamilies.Standardised, static spaces => spaces.Standardised, Rounds),
        Member(PoolFamilies.Coral, static spaces => spaces.Coral, Rounds),
        Member("self-training-z-8", static spaces => spaces.Standardised, ManyRounds),
        new("self-training-other", PoolFamilies.SelfTraining, static spaces => Fit(spaces, spaces.Original, spaces.Other, spaces.Other, Rounds)),
    ];

    private static PoolMember Member(string name, Func<PairSpaces, PairSpace> space, int rounds) =>
        new(name, PoolFamilies.SelfTraining, spaces => Fit(spaces, space(spaces), spaces.Choice.Base, spaces.Choice.Base == SourceBase.Neighbour ? SourceBase.Neighbour : SourceBase.Logistic, rounds));

    private static MemberFit Fit(PairSpaces spaces, PairSpace space, SourceBase teacher, SourceBase student, int rounds)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor first = spaces.Classifier(spaces.Original, teacher).Probabilities(spaces.Original.Target);
        Classifier learns = SourceChoice.Classifier(student, space.C);
        SelfTrainingRounds training = new(space.Source, spaces.Labels, spaces.Pair.Classes, space.Target);
        return spaces.Member(space, spaces.Own(training.Run(rounds, first, learns, spaces.Context)));
    }
}
