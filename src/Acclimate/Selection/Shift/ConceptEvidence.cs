using Acclimate.Data;
using Acclimate.Metrics;
using Acclimate.Selection.Transferability;
using Acclimate.Torch;

namespace Acclimate.Selection;

/// <summary>
/// What labels of both domains say of the classes' meaning: whether the source's classifier fails on target samples within the source's
/// range, while a classifier trained on the target itself does not. It fails where samples that look alike have other classes, but also
/// where the inputs moved: only where they did not is it a sign of a changed concept.
/// </summary>
/// <param name="WithinRange">How often the source's classifier is right on target samples within the source's range; none where there are fewer than 20.</param>
/// <param name="Own">How often one trained on the target is right, each fifth of it by the others; none where there are fewer than 20 samples.</param>
/// <param name="HeldOut">How often the source's classifier is right on source samples that it has not seen.</param>
public sealed record ConceptEvidence(Accuracy? WithinRange, Accuracy? Own, Accuracy HeldOut)
{
    private const int Fewest = 20;

    /// <summary>A difference in accuracy that counts.</summary>
    private const double Much = 0.1;

    /// <summary>
    /// Whether the source's classifier fails: within the range it is right less often than on the source, by a tenth and beyond both
    /// intervals, and the target's own classifier is right more often by a tenth. None where too little is known.
    /// </summary>
    public bool? Fails => WithinRange is null || Own is null
        ? null
        : WithinRange.Value < HeldOut.Value - Much && WithinRange.High < HeldOut.Low && Own.Value > WithinRange.Value + Much;

    internal static ConceptEvidence Of(Tensor target, Labels labels, int[] predicted, IReadOnlyList<bool> within, Accuracy heldOut, CancellationToken cancellation)
    {
        int[] inside = [.. Enumerable.Range(0, labels.Count).Where(i => within[i])];
        Accuracy? own = labels.Count < Fewest ? null : LinearProbe.Of(target, labels, cancellation);
        return new ConceptEvidence(
            inside.Length < Fewest ? null : new Accuracy(inside.Count(i => predicted[i] == labels.Indices[i]), inside.Length), own, heldOut);
    }
}
