using Acclimate.Torch;

namespace Acclimate.Deep.Generalisation;

/// <summary>The samples of a source batch by the data set that each is from.</summary>
internal static class SourceGroups
{
    /// <summary>Each data set that has a sample in the batch, and which samples those are; all samples as one where the source is one data set.</summary>
    /// <param name="step">The step.</param>
    public static IEnumerable<(int Domain, Tensor Rows)> Of(TrainingStep step)
    {
        IReadOnlyList<int> domains = step.SourceDomains;
        return Enumerable.Range(0, (int)step.Source.Logits.Size(0))
            .GroupBy(row => domains.Count == 0 ? 0 : domains[row])
            .OrderBy(static group => group.Key)
            .Select(static group => (group.Key, Tensor.From<long>([.. group.Select(static row => (long)row)])));
    }
}
