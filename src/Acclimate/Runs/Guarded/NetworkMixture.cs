using Acclimate.Data;
using Acclimate.Training;

namespace Acclimate.Runs;

/// <summary>A network that may have a part in a mixture.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Family">What it has in common with others.</param>
/// <param name="Model">The network; it stays its owner's.</param>
internal sealed record MixtureCandidate(string Name, string Family, NetworkModel Model);

/// <summary>A mixture of the source's own network and the mean of others, saved with what is to be labelled.</summary>
/// <param name="Report">What is told of it, with the source's score where labels were given for scoring.</param>
/// <param name="Honest">The mixture's score; none without such labels.</param>
internal sealed record NetworkMixture(GuardReport Report, (Score Score, long[][] Confusion)? Honest)
{
    /// <summary>Weighs, mixes and saves.</summary>
    /// <param name="config">The run.</param>
    /// <param name="data">Its domains.</param>
    /// <param name="folder">Where it goes.</param>
    /// <param name="space">Where the networks are judged.</param>
    /// <param name="source">The source's own network.</param>
    /// <param name="adapted">The others, which count alike; one or more.</param>
    /// <param name="provenance">Where the mixture comes from.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    public static NetworkMixture Save(
        RunConfig config, RunData data, RunFolder folder, EvidenceSpace space, NetworkModel source, IReadOnlyList<MixtureCandidate> adapted, Provenance provenance,
        CancellationToken cancellation)
    {
        const string sourceOnly = GuardedNetworkRun.SourceOnly;
        MixtureCandidate[] candidates = [new(sourceOnly, sourceOnly, source), .. adapted];
        Predictions[] said = [.. candidates.Select(candidate => candidate.Model.Predict(data.Target, cancellation))];
        Predictions mean = Mean(said[1..]);
        NetworkHedge hedge = NetworkHedge.Of(space, [.. candidates.Select((candidate, i) => (candidate.Name, candidate.Family, said[i]))], mean, config.Seed);
        double[] weights = [hedge.SourceWeight, .. adapted.Select(_ => (1 - hedge.SourceWeight) / adapted.Count)];

        // The networks stay their owners': the mixture, which would free them, is not disposed.
        MixtureModel model = new([.. candidates.Select((candidate, i) => new MixtureMember(candidate.Name, candidate.Model, weights[i]))], provenance);
        model.Save(folder.Model);
        using (Domain target = model.Open(config.Target))
            ToLabel.Write(folder, model, sourceOnly, target, said[0], mean, config.Seed);
        return new NetworkMixture(
            hedge.Report(candidates.Select((candidate, i) => new GuardWeight(candidate.Name, candidate.Family, weights[i])), space) with { Source = Scored(source)?.Score },
            Scored(model));

        (Score Score, long[][] Confusion)? Scored(TransferModel of) => data.Scoring is null ? null : TransferRun.Evaluate(of, data.Scoring, cancellation);
    }

    /// <summary>The mean of what several models say.</summary>
    private static Predictions Mean(Predictions[] said)
    {
        float[][] rows = [.. Enumerable.Range(0, said[0].Probabilities.Count)
            .Select(i => Enumerable.Range(0, said[0].Classes.Count).Select(k => (float)said.Average(one => (double)one.Probabilities[i][k])).ToArray())];
        return new Predictions(said[0].Classes, [.. rows.Select(static row => Array.IndexOf(row, row.Max()))], rows);
    }
}
