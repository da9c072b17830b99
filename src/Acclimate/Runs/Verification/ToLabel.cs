using System.Globalization;
using System.Text.Json;
using Acclimate.Data;
using Acclimate.Selection.Verification;
using Acclimate.Torch;
using Acclimate.Training;

namespace Acclimate.Runs;

/// <summary>
/// A run's target samples that labels are best spent on: those on which the source's own model and the adapted one disagree. They lie in the
/// run's folder, in <c>to-label/</c>: a table to fill in, the pictures where samples are pictures, and <c>draw.json</c>, which this is.
/// </summary>
/// <param name="FormatVersion">The version of the file's format.</param>
/// <param name="Target">The target, as it was named.</param>
/// <param name="Samples">How many samples it has.</param>
/// <param name="Classes">The classes' names.</param>
/// <param name="Seed">Where the draw started from.</param>
/// <param name="SourceMember">The member of the run's model that is the source's own.</param>
/// <param name="Hedge">What each member weighed before any label was known.</param>
/// <param name="Listed">How many disagreements the table lists, the first of <paramref name="Order"/>.</param>
/// <param name="Order">Every disagreement, in the order in which to label them.</param>
public sealed record ToLabel(
    int FormatVersion, string Target, int Samples, IReadOnlyList<string> Classes, long Seed, string SourceMember, IReadOnlyDictionary<string, double> Hedge,
    int Listed, IReadOnlyList<Disagreement> Order)
{
    private const int Format = 1;

    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
    };

    /// <summary>Lists what is to be labelled of a run whose model is saved already.</summary>
    /// <param name="run">The run.</param>
    /// <param name="model">Its model, of which one member is the source's own.</param>
    /// <param name="sourceMember">That member's name.</param>
    /// <param name="target">The target's samples as the model opens them.</param>
    /// <param name="source">What the source's own model says of them.</param>
    /// <param name="adapted">What the others say together.</param>
    /// <param name="seed">Where the draw starts from.</param>
    /// <exception cref="IOException">It can't be written.</exception>
    public static ToLabel Write(RunFolder run, MixtureModel model, string sourceMember, Domain target, Predictions source, Predictions adapted, long seed)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(target);
        if (!model.Weights.ContainsKey(sourceMember))
            throw new ArgumentException($"the model has no member '{sourceMember}'", nameof(sourceMember));
        int[] order = DisagreementDraw.Of(source, adapted, seed);
        ToLabel list = new(
            Format, target.Provenance, target.Count, model.Classes, seed, sourceMember, model.Weights, 0,
            [.. order.Select(row => new Disagreement(row, target.Describe(row), source.Indices[row], adapted.Indices[row]))]);
        return list.List(run, target, Math.Min(order.Length, DisagreementDraw.FirstBatch), new Dictionary<string, string>());
    }

    /// <summary>Reads what a run listed.</summary>
    /// <param name="run">The run.</param>
    /// <exception cref="InvalidDataException">There is no such run, it was not hedged, or the file is damaged.</exception>
    public static ToLabel Load(RunFolder run)
    {
        ArgumentNullException.ThrowIfNull(run);
        _ = run.Open();
        if (!File.Exists(run.Draw))
        {
            throw new InvalidDataException(File.Exists(run.Result)
                ? $"{run.Path} has nothing to verify: there is no {Path.GetRelativePath(run.Path, run.Draw)} in it. A run has it that was hedged with the source's own model (not by --no-guard)"
                : $"{run.Path} holds a run that is not finished; go on with: acclimate train --resume {run.Path}");
        }

        try
        {
            ToLabel list = JsonSerializer.Deserialize<ToLabel>(File.ReadAllText(run.Draw), Json) ?? throw new InvalidDataException($"{run.Draw} is empty");
            return list.FormatVersion == Format && list.Listed <= list.Order.Count && list.Order.Count <= list.Samples && list.Order.All(list.Knows)
                ? list
                : throw new InvalidDataException($"{run.Draw} is damaged, or of a newer program: its numbers don't go together");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{run.Draw} is damaged: {e.Message}", e);
        }
    }

    /// <summary>Lists further disagreements; labels that the table holds stay.</summary>
    /// <param name="run">The run.</param>
    /// <param name="more">How many, 1 or more; fewer are left where there are fewer.</param>
    /// <exception cref="DataException">The table was changed so that it can't be read, or the target can't be opened any more, or has changed.</exception>
    public ToLabel ListMore(RunFolder run, int more)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentOutOfRangeException.ThrowIfLessThan(more, 1);
        Dictionary<string, string> known = File.Exists(run.Labels)
            ? GivenLabels.Read(run.Labels, this).ToDictionary(static label => label.Of.Sample, label => label.Class is { } index ? Classes[index] : Data.Labels.Unknown)
            : [];
        using TransferModel model = TransferModel.Load(run.Model);
        using Domain target = model.Open(Target);
        int changed = target.Count != Samples ? 0 : Order.Take(Listed + more).ToList().FindIndex(one => target.Describe(one.Row) != one.Sample);
        return changed < 0
            ? List(run, target, (int)Math.Min(Order.Count, (long)Listed + more), known)
            : throw new DataException($"{Target} has changed since {run.Path} was trained: it has {target.Count} samples, then {Samples}; or they are called otherwise");
    }

    /// <summary>Writes pictures, then the table, then what this is: a stop in the middle leaves the old list good.</summary>
    private ToLabel List(RunFolder run, Domain target, int count, IReadOnlyDictionary<string, string> known)
    {
        bool pictures = target.SampleShape is [1 or 3, _, _];
        for (int i = Listed; pictures && i < count; i++)
            WritePicture(Path.Combine(run.ToLabel, PictureOf(i)), target, Order[i].Row);
        if (count > 0)
        {
            AtomicFile.Write(run.Labels, stream =>
            {
                using StreamWriter writer = new(stream, leaveOpen: true) { NewLine = "\n" };
                writer.WriteLine(pictures ? "sample,picture,either,or,label" : "sample,either,or,label");
                for (int i = 0; i < count; i++)
                {
                    Disagreement one = Order[i];

                    // Which model says which must not sway who labels.
                    string[] cells = [one.Sample, .. pictures ? [PictureOf(i)] : (string[])[], Classes[Math.Min(one.Source, one.Adapted)], Classes[Math.Max(one.Source, one.Adapted)], known.GetValueOrDefault(one.Sample, string.Empty)];
                    writer.WriteLine(string.Join(',', cells.Select(Quoted)));
                }
            });
        }

        ToLabel listed = this with { Listed = count };
        AtomicFile.Write(run.Draw, stream => JsonSerializer.Serialize(stream, listed, Json));
        return listed;
    }

    private static string PictureOf(int place) => string.Create(CultureInfo.InvariantCulture, $"{place + 1:000}.png");

    private static void WritePicture(string path, Domain target, int row)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor picture = target.Read([row]).Select(0, 0);
        if (picture.Type != ScalarType.UInt8)
            picture = (picture * (picture.Max().ToDouble() > 1 ? 1 : byte.MaxValue)).Clamp(0, byte.MaxValue).Round().To(ScalarType.UInt8);
        byte[] bytes = Data.Images.ImageCodec.Encode(picture, Data.Images.ImageFormat.Png);
        AtomicFile.Write(path, stream => stream.Write(bytes));
    }

    /// <summary>A field of CSV as RFC 4180 has it.</summary>
    private static string Quoted(string field) =>
        field.AsSpan().ContainsAny(",\"\r\n") ? $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : field;

    private bool Knows(Disagreement one) =>
        one.Row >= 0 && one.Row < Samples && one.Source != one.Adapted && Math.Min(one.Source, one.Adapted) >= 0 && Math.Max(one.Source, one.Adapted) < Classes.Count;
}

/// <summary>A sample on which two models disagree.</summary>
/// <param name="Row">Which of the target's samples, from 0.</param>
/// <param name="Sample">What the sample is called: its file, or its number.</param>
/// <param name="Source">The class by the source's own model.</param>
/// <param name="Adapted">The class by the adapted one.</param>
public sealed record Disagreement(int Row, string Sample, int Source, int Adapted);
