using Acclimate.Catalog;
using Acclimate.Torch;

namespace Acclimate.Selection.Validators;

/// <summary>Whether target samples have many others whose predictions are like theirs: the mean entropy of the softened similarities.</summary>
/// <remarks>0 to log(n − 1), in nats. NaN for a single sample. Of more than 4,000 samples as many are looked at, evenly spaced.</remarks>
[Validator("snd",
    Title = "soft neighbourhood density",
    Formula = "1/n Σ_i H(softmax_{j ≠ i}(p̂_i·p̂_j / τ)),  p̂ = p/‖p‖",
    Paper = "Saito, Kim, Teterwak, Sclaroff, Darrell, Saenko: Tune it the Right Way: Unsupervised Validation of Domain Adaptation via Soft Neighborhood Density, ICCV 2021",
    Beware = "It praises whatever puts many samples close together: one class for all is the best it knows.")]
public sealed class SoftNeighbourhoodDensity : Validator
{
    private const int Rows = 1024;

    /// <summary>What takes a sample out of its own neighbourhood: no other similarity is nearly as low, and 0 times it is 0.</summary>
    private const double Never = 1e9;

    /// <summary>τ, above 0.</summary>
    [Option("temperature", "what similarities are divided by before the softmax, above 0", Source = "0.05 in the paper")]
    public double Temperature { get; init; } = 0.05;

    /// <inheritdoc/>
    public override void Validate()
    {
        if (!(Temperature > 0 && double.IsFinite(Temperature)))
            throw new ArgumentException(FormattableString.Invariant($"snd: temperature is {Temperature}; expected above 0"));
    }

    /// <inheritdoc/>
    protected override double Measure(LabelFreePair pair, Candidate candidate, IReadOnlyList<Candidate> pool)
    {
        Tensor some = candidate.Target.IndexSelect(0, Tensor.From(pair.Original.Rows)), unit = some / some.Norm(1, keep: true);
        long n = unit.Size(0);
        if (n < 2)
            return double.NaN;
        double sum = 0;
        for (long start = 0; start < n; start += Rows)
        {
            using TensorScope scope = TensorScope.Begin();
            long end = Math.Min(start + Rows, n);
            Tensor similar = unit.Slice(0, start, end).MatMul(unit.T) / Temperature;
            similar.Slice(1, start, end).AddInPlace(Tensor.Eye(end - start, ScalarType.Float64), -Never);
            Tensor logs = Functional.LogSoftmax(similar, 1);
            sum -= (logs.Exp() * logs).Sum().ToDouble();
        }

        return sum / n;
    }
}
