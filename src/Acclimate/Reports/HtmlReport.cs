using System.Text;
using Acclimate.Data;
using Acclimate.Reports.Html;
using Acclimate.Reports.Sections;
using Acclimate.Runs;
using Acclimate.Torch;
using Acclimate.Training;

namespace Acclimate.Reports;

/// <summary>
/// A run as one page that needs nothing else: no network, no script, no font. The verdict stands first; every figure says
/// what it rests on.
/// </summary>
public static class HtmlReport
{
    /// <summary>Writes the report of a run that is complete: reads its domains and its model anew.</summary>
    /// <param name="folder">The run.</param>
    /// <param name="against">A complete run on the same target whose classes are compared with this one's; none compares with none.</param>
    /// <param name="cancellation">Stops the work; a report that was there stays.</param>
    /// <returns>What the report had to leave out, in words; none where it is whole.</returns>
    /// <exception cref="InvalidDataException">The folder holds no run, one that is not complete, or a damaged one.</exception>
    /// <exception cref="ArgumentException">The other run has another target, or other classes.</exception>
    /// <exception cref="IOException">The report can't be written.</exception>
    public static string? Write(RunFolder folder, RunFolder? against = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(folder);
        (RunConfig config, RunResult result) = CompleteRun.Load(folder);
        RunResult? other = against is null ? null : Comparable(folder, config, result, against);
        RunData data;
        try
        {
            Engine.Threads = Math.Max(1, config.Threads);
            data = RunData.Open(config, cancellation);
        }
        catch (Exception e) when (e is DataException or IOException or UnauthorizedAccessException or ArgumentException or InvalidDataException)
        {
            return Write(folder, config, result, null, other, $"The run's samples could not be read again: {e.Message}", cancellation);
        }

        using (data)
            return Write(folder, config, result, data, other, null, cancellation);
    }

    /// <summary>Writes the report of a run whose domains are open.</summary>
    internal static string? Write(
        RunFolder folder, RunConfig config, RunResult result, RunData? data, RunResult? against, string? noSpaces, CancellationToken cancellation)
    {
        ReportContents contents = new(folder.Path, config, result)
        {
            Curves = Curve.Read(folder.Metrics),
            Samples = data is null ? null : (data.Source.Count, data.Target.Count),
            Against = against,
            NoSpaces = noSpaces,
        };
        contents = data is null ? contents : WithSpaces(contents, folder, data, cancellation);
        byte[] page = Encoding.UTF8.GetBytes(Page(contents));
        AtomicFile.Write(folder.Report, stream => stream.Write(page));
        return contents.NoSpaces;
    }

    /// <summary>The page.</summary>
    internal static string Page(ReportContents contents) => Markup.Page(
        $"{contents.Title}: {contents.Result.Source} → {contents.Result.Target}",
        VerdictSection.Of(contents),
        FiguresSection.Of(contents),
        GuardSection.Of(contents),
        AutoSection.Of(contents),
        SpacesSection.Of(contents),
        ClassesSection.Of(contents),
        CurvesSection.Of(contents),
        RecordSection.Of(contents));

    private static ReportContents WithSpaces(ReportContents contents, RunFolder folder, RunData data, CancellationToken cancellation)
    {
        if (contents.Config.Target.Length == 0)
            return contents with { NoSpaces = "This run looks at no target: there is no second domain to show." };
        if (contents.Config.TakesDifferentFeatures)
            return contents with { NoSpaces = "The domains have different features: there is no space to show both in before the method maps them." };
        if (contents.Config.LooksAtTargetLabelsAlone)
            return contents with { NoSpaces = "The source’s samples served for features alone, and their classes were not looked at." };
        if (data.Source.Count < 2 || data.Target.Count < 2)
            return contents with { NoSpaces = "A domain has fewer than two samples: there is nothing to compare." };
        try
        {
            using TransferModel model = TransferModel.Load(folder.Model);
            contents = contents with
            {
                SourceConfusion = data.Scoring is { } labelled && SpaceSamples.SourceOf(model) is { } plain ? TransferRun.Evaluate(plain, labelled, cancellation).Confusion : null,
            };
            return contents with { Spaces = SpaceSamples.Of(contents.Config, data, model, cancellation) };
        }
        catch (Exception e) when (e is DataException or IOException or UnauthorizedAccessException or ArgumentException or InvalidDataException or TorchException)
        {
            return contents with { NoSpaces = $"The samples could not be looked at: {e.Message}" };
        }
    }

    private static RunResult Comparable(RunFolder folder, RunConfig config, RunResult result, RunFolder against)
    {
        (RunConfig theirs, RunResult other) = CompleteRun.Load(against);
        if (!CompleteRun.SameTarget(config, theirs))
            throw new ArgumentException($"{against.Path} is scored on {theirs.Test ?? theirs.Target}, {folder.Path} on {config.Test ?? config.Target}: their figures are not to be compared");
        if (!result.Classes.SequenceEqual(other.Classes))
            throw new ArgumentException($"{against.Path} has other classes than {folder.Path}: {Labels.Listed(other.Classes)}, not {Labels.Listed(result.Classes)}");
        return other;
    }
}
