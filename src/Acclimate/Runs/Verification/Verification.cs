using System.Text.Json;
using System.Text.Json.Serialization;
using Acclimate.Data;
using Acclimate.Selection.Verification;
using Acclimate.Torch;
using Acclimate.Training;

namespace Acclimate.Runs;

/// <summary>Which model a run uses after labels were looked at.</summary>
public enum Kept
{
    /// <summary>The hedge of both, as the run left it: neither leads.</summary>
    Hedge,

    /// <summary>The source's own model.</summary>
    Source,

    /// <summary>The adapted model.</summary>
    Adapted,
}

/// <summary>What a few labels of disagreements said of a run, kept as <c>verified.json</c>.</summary>
public sealed record Verification
{
    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
    };

    /// <summary>The version of the file's format.</summary>
    public int FormatVersion { get; init; } = 1;

    /// <summary>What the labels say, in words.</summary>
    public required string Verdict { get; init; }

    /// <summary>What <c>model</c> is from now on.</summary>
    public required Kept Kept { get; init; }

    /// <summary>What it was before.</summary>
    public required Kept Before { get; init; }

    /// <summary>The table that the labels came from.</summary>
    public required string Table { get; init; }

    /// <summary>The counts, the test and its interval.</summary>
    public required PairedTest Test { get; init; }

    /// <summary>The members' weights from now on.</summary>
    public required IReadOnlyDictionary<string, double> Weights { get; init; }

    /// <summary>What else is worth knowing.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>
    /// Decides by labels which of a run's two models leads on the disagreements, and has the run use that one; where neither leads, the hedge
    /// of both. Both stay in the run's folder: with more labels, or other ones, the choice is made again.
    /// </summary>
    /// <param name="run">The run, one that was hedged.</param>
    /// <param name="file">The labels: a CSV file with the columns <c>sample</c> and <c>label</c>; none takes the run's own table.</param>
    /// <exception cref="InvalidDataException">The folder holds no such run, or a file in it is damaged.</exception>
    /// <exception cref="DataException">The table can't be read, or no sample in it has a label yet.</exception>
    /// <exception cref="IOException">A file can't be read or written; the model is then as before, or as the labels say.</exception>
    public static Verification Of(RunFolder run, string? file = null)
    {
        ArgumentNullException.ThrowIfNull(run);
        ToLabel list = Runs.ToLabel.Load(run);
        file ??= run.Labels;
        if (list.Order.Count == 0)
            throw new DataException($"{run.Path}: the source's own model and the adapted one say the same of all {list.Samples} target samples; there is nothing to decide");
        IReadOnlyList<GivenLabel> given = GivenLabels.Read(file, list);
        if (given.Count == 0)
            throw new DataException($"{file}: no sample has a label yet. Write its class into the column label, from the top on");
        int adapted = given.Count(static one => one.Class == one.Of.Adapted), source = given.Count(static one => one.Class == one.Of.Source);
        PairedTest test = new(adapted, source, given.Count - adapted - source, list.Order.Count, list.Samples);
        Kept kept = test.Lead switch { > 0 => Kept.Adapted, < 0 => Kept.Source, _ => Kept.Hedge };
        IReadOnlyDictionary<string, double> weights = WeightsOf(kept, list), before = MixtureModel.WeightsOf(run.Model)
            ?? throw new InvalidDataException($"{run.Model} holds one model alone, and {run.Draw} speaks of several: it was put there from elsewhere");
        Verification found = new()
        {
            Verdict = VerdictOf(test),
            Kept = kept,
            Before = Enum.GetValues<Kept>().FirstOrDefault(one => Same(WeightsOf(one, list), before)),
            Table = file,
            Test = test,
            Weights = weights,
            Notes = [.. NotesOf(run, given, test)],
        };
        MixtureModel.Reweigh(run.Model, weights);
        AtomicFile.Write(run.Verified, stream => JsonSerializer.Serialize(stream, found, Json));
        return found;
    }

    /// <summary>How many labels a run was verified by last; none where it was not.</summary>
    private static int? LabelsBefore(RunFolder run)
    {
        if (!File.Exists(run.Verified))
            return null;
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllText(run.Verified));
            return document.RootElement.GetProperty("test").GetProperty("labels").GetInt32();
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    /// <summary>What each member weighs where one of the two models is kept, or the hedge of both.</summary>
    /// <param name="kept">Which.</param>
    /// <param name="sourceMember">The member that is the source's own model.</param>
    /// <param name="hedge">What each weighs in the hedge.</param>
    internal static Dictionary<string, double> WeightsOf(Kept kept, string sourceMember, IReadOnlyDictionary<string, double> hedge)
    {
        if (kept == Kept.Hedge)
            return hedge.ToDictionary();
        string[] others = [.. hedge.Keys.Where(name => name != sourceMember)];
        double rest = others.Sum(name => hedge[name]);
        return hedge.ToDictionary(static pair => pair.Key, pair => (pair.Key == sourceMember, kept) switch
        {
            (true, Kept.Source) => 1,
            (false, Kept.Adapted) => rest > 0 ? pair.Value / rest : 1.0 / others.Length,
            _ => 0.0,
        });
    }

    private static Dictionary<string, double> WeightsOf(Kept kept, ToLabel list) => WeightsOf(kept, list.SourceMember, list.Hedge);

    private static bool Same(IReadOnlyDictionary<string, double> one, IReadOnlyDictionary<string, double> other) =>
        one.Count == other.Count && one.All(pair => other.TryGetValue(pair.Key, out double weight) && Math.Abs(weight - pair.Value) < 1e-9);

    private static string VerdictOf(PairedTest test)
    {
        string leader = test.Lead > 0 ? "the adapted model" : "the source's own model";
        if (test.Lead == 0)
            return "Not decided: neither model leads";
        return test switch
        {
            { Decided: true, Labels: var n, Disagreements: var all } when n == all => $"Decided: {leader} is right more often; every disagreement was counted",
            { Decided: true, PValue: <= PairedTest.Level } => $"Decided: {leader} is right more often",
            { Decided: true } => $"Decided: {leader} is right more often; what has no label can't change that",
            _ => $"Not decided: {leader} leads, and chance could explain it",
        };
    }

    private static IEnumerable<string> NotesOf(RunFolder run, IReadOnlyList<GivenLabel> given, PairedTest test)
    {
        int passed = given.Max(static one => one.Place) + 1 - given.Count;
        if (passed > 0)
            yield return $"{passed} sample{(passed == 1 ? " was" : "s were")} passed over. Where they were left out because they are hard to tell, the answer is of the easy ones alone";
        if (LabelsBefore(run) is { } before && before < test.Labels)
            yield return $"{before} of these labels were looked at before: with each further look, chance decides a little more often";
        yield return "result.json says what the run came to before these labels; score the kept model with acclimate evaluate";
    }
}
