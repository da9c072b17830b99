using Acclimate.Catalog;
using Acclimate.Classifiers;
using Acclimate.Torch;

namespace Acclimate.ZeroShot;

/// <summary>
/// A method that learns from samples of some classes what attributes look like, and so knows other classes by theirs: its options, as
/// <c>init</c> properties, and the mathematics.
/// </summary>
public abstract class ZeroShotMethod
{
    /// <summary>Learns from the samples of some of a table's classes to score all of them.</summary>
    /// <param name="samples">X: [n, d], float64, finite.</param>
    /// <param name="labels">The class of each sample, an index into the table's classes.</param>
    /// <param name="table">What all classes are like.</param>
    /// <returns>A score for each of the table's classes; to be disposed.</returns>
    /// <exception cref="ArgumentException">An option is out of range, the labels don't fit, or samples have fewer than two classes.</exception>
    public FittedLinear Fit(Tensor samples, int[] labels, AttributeTable table)
    {
        ArgumentNullException.ThrowIfNull(samples);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(table);
        Validate();
        if (samples.Rank != 2 || samples.Size(0) != labels.Length || labels.Length == 0)
            throw new ArgumentException($"{labels.Length} labels were given for {samples}; expected a matrix with a row for each, and one at least", nameof(labels));
        if (labels.Min() < 0 || labels.Max() >= table.Classes.Count)
            throw new ArgumentException($"labels go from {labels.Min()} to {labels.Max()}; expected 0 to {table.Classes.Count - 1}", nameof(labels));
        if (labels.Distinct().Count() < 2)
            throw new ArgumentException("the samples are all of one class: what tells attributes apart can't be learnt from it", nameof(labels));
        using NoGrad noGrad = NoGrad.Begin();
        using TensorScope scope = TensorScope.Begin();
        if (!samples.IsFinite().All())
            throw new Classifiers.NotFiniteException();
        (Tensor weight, Tensor offset) = Learn(samples.To(ScalarType.Float64).Detach(), labels, table);
        return new FittedLinear(weight.LeaveScopes(), offset.LeaveScopes());
    }

    /// <summary>The scores of some classes alone.</summary>
    /// <param name="all">The scores of all.</param>
    /// <param name="classes">Which, in the order that is wanted.</param>
    /// <returns>To be disposed.</returns>
    public static FittedLinear Among(FittedLinear all, IEnumerable<int> classes)
    {
        ArgumentNullException.ThrowIfNull(all);
        using Tensor picks = Tensor.From<long>([.. classes.Select(static c => (long)c)]);
        return new FittedLinear(all.Weight.IndexSelect(1, picks).LeaveScopes(), all.Offset.IndexSelect(1, picks).LeaveScopes());
    }

    /// <summary>Checks the options.</summary>
    /// <exception cref="ArgumentException">One or more are out of range.</exception>
    public virtual void Validate()
    {
    }

    /// <summary>The method itself; tensors that are not returned are freed by the caller.</summary>
    /// <param name="samples">[n, d], float64.</param>
    /// <param name="labels">The class of each; two at least have some.</param>
    /// <param name="table">What all classes are like.</param>
    /// <returns>The scores x W + b: W [d, C] and b [1, C].</returns>
    protected abstract (Tensor Weight, Tensor Offset) Learn(Tensor samples, int[] labels, AttributeTable table);

    private protected void Require(bool holds, FormattableString fault)
    {
        if (!holds)
            throw new ArgumentException($"{MethodCatalog.NameOf(this)}: {FormattableString.Invariant(fault)}");
    }
}
