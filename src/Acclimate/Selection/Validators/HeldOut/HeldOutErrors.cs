namespace Acclimate.Selection.Validators;

/// <summary>Where a candidate errs on held-out source samples.</summary>
internal static class HeldOutErrors
{
    /// <summary>1 for each that is labelled wrong, else 0.</summary>
    public static double[] Of(LabelFreePair pair, HeldOutSource heldOut) =>
        [.. ClassProbabilities.Of(heldOut.Probabilities).Labels().Zip(heldOut.Indices, (label, i) => label == pair.SourceLabels[i] ? 0.0 : 1)];
}
