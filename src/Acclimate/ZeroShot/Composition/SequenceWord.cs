using Acclimate.Data;
using Acclimate.Training;

namespace Acclimate.ZeroShot.Composition;

/// <summary>The word that a sequence of frames was taken for.</summary>
/// <param name="Sequence">What the sequence is called.</param>
/// <param name="Frames">How many frames it has.</param>
/// <param name="Word">The word; none where each has more units than there are frames.</param>
public sealed record SequenceWord(string Sequence, int Frames, string? Word)
{
    /// <summary>What a probability counts at the least: none is impossible.</summary>
    private const double Least = 1e-30;

    /// <summary>Tells each sequence's word by a model of units and a lexicon, whether the word ever occurred in training or not (<see cref="SequenceDecoder"/>).</summary>
    /// <param name="model">The model, whose classes are the units. It is taken to have learnt from about as many samples of each.</param>
    /// <param name="frames">The frames in order; their labels say which sequence each is of.</param>
    /// <param name="lexicon">The words.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    /// <returns>The sequences, in the order in which they begin.</returns>
    /// <exception cref="DataException">The frames have no labels.</exception>
    public static IReadOnlyList<SequenceWord> Of(TransferModel model, Domain frames, WordLexicon lexicon, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(frames);
        ArgumentNullException.ThrowIfNull(lexicon);
        if (frames.Labels is not { } labels)
            throw new DataException($"{frames.Provenance} has no labels: they say which sequence each frame is of (a folder of pictures for each, or ?label=COLUMN of a table)");
        Predictions said = model.Predict(frames, cancellation);
        SequenceDecoder decoder = new(lexicon.Lexicon);
        return
        [
            .. Enumerable.Range(0, labels.Count).GroupBy(row => labels.Indices[row]).Select(rows =>
            {
                double[][] logs = [.. rows.Select(row => Array.ConvertAll(said.Probabilities[row], static p => Math.Log(Math.Max(p, Least))))];
                int word = decoder.Decode(logs).Word;
                return new SequenceWord(labels.Classes[rows.Key], logs.Length, word < 0 ? null : lexicon.Words[word]);
            }),
        ];
    }
}
