using Acclimate.Data;
using Acclimate.Selection;
using Acclimate.Torch;
using Acclimate.Training;

namespace Acclimate.Runs;

/// <summary>
/// What validators say of a network at each checkpoint, for whoever watches it learn: those that look at nothing but what it says of the target.
/// Nothing is chosen by them, since they can be wrong together; the guard's checks, which decide, need a space that the network did not make.
/// </summary>
internal sealed class CheckpointJudge : IDisposable
{
    /// <summary>The validators, by their names in the <see cref="ValidatorCatalog"/>.</summary>
    private static readonly string[] Validators = ["mi", "bnm", "snd"];

    /// <summary>The most target samples that are looked at: a standard error of 0.02 for any share.</summary>
    private const int Most = 500;

    private readonly Domain target;

    private CheckpointJudge(Domain target) => this.target = target;

    /// <summary>A judge for a run; none where there is no target to speak of, or no choice of classes.</summary>
    /// <param name="data">The run's domains.</param>
    public static CheckpointJudge? Of(RunData data)
    {
        int count = data.Target.Count;
        if (count < 2 || data.Classes.Count < 2)
            return null;
        int few = Math.Min(count, Most);
        return new CheckpointJudge(data.Target.Take([.. Enumerable.Range(0, few).Select(i => (int)((long)i * count / few))]));
    }

    /// <summary>What each validator says of a network; one that can't say anything is left out.</summary>
    /// <param name="model">The network.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    public IReadOnlyDictionary<string, double> Ask(NetworkModel model, CancellationToken cancellation)
    {
        Predictions said = model.Predict(target, cancellation);
        using NoGrad noGrad = NoGrad.Begin();
        using TensorScope scope = TensorScope.Begin();
        double[] rows = [.. said.Probabilities.SelectMany(static row =>
        {
            double sum = row.Sum(static p => (double)p);
            return row.Select(p => p / sum);
        })];
        Tensor answers = Tensor.From(rows, target.Count, said.Classes.Count);

        // These validators never look at the samples: the answers stand for them, and one row for the source.
        LabelFreePair pair = new(answers.Slice(0, 0, 1), [0], said.Classes.Count, answers);
        Candidate network = new("the network", "the network", answers);
        return Validators.Select(name => (name, ValidatorCatalog.Find(name).Create().Score(pair, network, [network])))
            .Where(static one => double.IsFinite(one.Item2)).ToDictionary();
    }

    public void Dispose() => target.Dispose();
}
