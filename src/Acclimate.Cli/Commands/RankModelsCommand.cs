using System.CommandLine;
using System.Globalization;
using Acclimate.Backbones;
using Acclimate.Cli.Rendering;
using Acclimate.Data;
using Acclimate.Downloads;
using Acclimate.Metrics;
using Acclimate.Selection.Transferability;

namespace Acclimate.Cli.Commands;

/// <summary>Says which pretrained network suits a labelled target, before any training.</summary>
internal sealed class RankModelsCommand : ExampledCommand
{
    private const int NameWidth = 20;
    private const int FewestCompared = 3;

    public RankModelsCommand(Screen screen, CancellationToken cancellation)
        : base("rank-models", "Say which pretrained network suits a target best, before any training")
    {
        Argument<string> target = new("TARGET") { Description = "Labelled pictures; a few of each class do (photos?take=20)" };
        Option<string[]> weights = new("--weights") { Description = "The files of weights to compare, or names of published ones that are fetched", HelpName = "FILES", AllowMultipleArgumentsPerToken = true, Required = true };
        Option<string[]> backbone = new("--backbone") { Description = "The networks that these are of, in order, or one for all; the files' names decide if left out", HelpName = "NAMES", AllowMultipleArgumentsPerToken = true };
        Option<string> by = new("--by") { Description = $"The score to rank by: {string.Join(", ", TransferabilityScore.All.Select(static s => s.Name))}", HelpName = "SCORE", DefaultValueFactory = static _ => TransferabilityScore.All[0].Name };
        Option<bool> probe = new("--probe") { Description = "Train a linear classifier on each one's features too (five folds), and compare the scores with it" };
        Option<bool> json = CommandLine.Json(), quiet = CommandLine.Quiet();
        Add(target);
        foreach (Option option in (Option[])[weights, backbone, by, probe, json, quiet])
            Add(option);
        SetAction(parsed =>
        {
            string score = Known(parsed.GetRequiredValue(by));
            (string Path, string Backbone)[] files = Named([.. parsed.GetRequiredValue(weights).Select(WeightsCatalogue.FileOf)], parsed.GetValue(backbone) ?? []);
            using Domain domain = Domain.Open(parsed.GetRequiredValue(target));
            Labels labels = RankedNetwork.Require(domain);
            List<RankedNetwork> found = [];
            foreach ((string path, string name) in files)
            {
                using PretrainedNetwork network = PretrainedNetwork.Open(path, name);
                using ProgressLine line = new(screen with { Quiet = parsed.GetValue(quiet) }, $"{Short(path)} ({name})", parsed.GetValue(json));
                found.Add(RankedNetwork.Of(network, domain, parsed.GetValue(probe), new Told(done => line.Report(done, domain.Count, string.Empty, "pictures")), cancellation));
            }

            RankedNetwork[] ranked = [.. found.OrderByDescending(network => network.Scores.TryGetValue(score, out double value) ? value : double.NegativeInfinity)];
            if (parsed.GetValue(json))
                screen.Json(AsData(domain, labels, score, ranked));
            else
                Write(domain, labels, score, ranked, screen);
            return ExitCode.Success;
        });
    }

    public override IReadOnlyList<string> Examples =>
    [
        "acclimate rank-models photos/phone --weights resnet18-f37072fd.pth mobilenet_v2-b0353104.pth",
        "acclimate rank-models 'photos/phone?take=20' --weights old.safetensors new.safetensors --backbone resnet18",
        "acclimate rank-models photos/phone --weights *.pth --by leep --probe",
    ];

    private static string Known(string score)
    {
        string[] names = [.. TransferabilityScore.All.Select(static s => s.Name)];
        return names.Contains(score) ? score : throw new UsageException($"there is no score '{score}'{NearestName.Hint(score, names)}; known: {string.Join(", ", names)}");
    }

    /// <summary>The files with their networks' names, all of which are known before any work is done.</summary>
    private static (string Path, string Backbone)[] Named(string[] files, string[] backbones)
    {
        if (backbones.Length > 1 && backbones.Length != files.Length)
            throw new UsageException($"--backbone names {backbones.Length} networks for {files.Length} files; give one for each, or one for all");
        if (files.FirstOrDefault(static file => !File.Exists(file)) is { } missing)
            throw new UsageException($"--weights {missing}: there is no such file");
        return [.. files.Select((file, i) => (file, backbones.Length == 0
            ? PretrainedWeights.BackboneOf(file)
            : backbones[backbones.Length == 1 ? 0 : i]))];
    }

    private static void Write(Domain target, Labels labels, string score, RankedNetwork[] ranked, Screen screen)
    {
        screen.Out.WriteLine(screen.Bold(ranked.Length == 1 ? $"One network alone: {ranked[0].Backbone}." : $"By {score}, {Short(ranked[0].Weights)} suits {target.Name} best."));
        screen.Out.WriteLine();
        screen.Fact("Target", $"{target.Provenance}: {Numbers.Count(target.Count)} pictures, {labels.Classes.Count} classes");
        screen.Out.WriteLine();
        bool probed = ranked[0].Probe is not null;
        Row("Weights", "size", static s => s.Name, probed ? "probe" : string.Empty);
        foreach (RankedNetwork network in ranked)
            Row(Short(network.Weights), $"{network.Features}", s => network.Scores.TryGetValue(s.Name, out double value) ? Three(value) : "–", network.Probe is { } right ? Numbers.Percent(right.Value) : string.Empty);
        if (ranked.Any(static network => network.SourceClasses is null))
            screen.Out.WriteLine("– needs the network's own classifier, which the file has not.");
        if (!probed || ranked.Length < FewestCompared)
            return;
        screen.Out.WriteLine();
        screen.Out.WriteLine("How far each score goes together with the probe's accuracy:");
        Row("Kendall's τ", string.Empty, s => Three(Agreement(ranked, s.Name)?.Kendall), string.Empty);
        Row("Pearson's r", string.Empty, s => Three(Agreement(ranked, s.Name)?.Pearson), string.Empty);

        void Row(string name, string size, Func<TransferabilityScore, string> cell, string last) => screen.Out.WriteLine(
            $"{name,-NameWidth}{size,6}{string.Concat(TransferabilityScore.All.Select(s => cell(s).PadLeft(Math.Max(8, s.Name.Length + 2))))}{last,8}".TrimEnd());
    }

    private static object AsData(Domain target, Labels labels, string score, RankedNetwork[] ranked) => new
    {
        Target = target.Provenance,
        Samples = target.Count,
        labels.Classes,
        By = score,
        Networks = ranked.Select(static network => new { network.Weights, network.Backbone, network.Features, network.SourceClasses, network.Scores, Probe = network.Probe?.Value }),
        Agreement = ranked.Length < FewestCompared || ranked[0].Probe is null
            ? null
            : TransferabilityScore.All.Where(s => Agreement(ranked, s.Name) is not null).ToDictionary(static s => s.Name, s => Agreement(ranked, s.Name)),
    };

    /// <summary>How far a score goes together with the probe; none where it is not known of every network, or is the same of all.</summary>
    private static Agreed? Agreement(RankedNetwork[] ranked, string score)
    {
        if (!Array.TrueForAll(ranked, network => network.Scores.ContainsKey(score)))
            return null;
        double[] figures = [.. ranked.Select(network => network.Scores[score])], right = [.. ranked.Select(static network => network.Probe!.Value)];
        double kendall = Correlation.Kendall(figures, right);
        return double.IsNaN(kendall) ? null : new(kendall, Correlation.Pearson(figures, right));
    }

    private static string Short(string path)
    {
        string name = Path.GetFileNameWithoutExtension(path);
        return name.Length <= NameWidth ? name : name[..(NameWidth - 1)] + "…";
    }

    private static string Three(double? value) => value?.ToString("0.000", CultureInfo.InvariantCulture) ?? "–";

    private sealed record Agreed(double Kendall, double Pearson);
}
