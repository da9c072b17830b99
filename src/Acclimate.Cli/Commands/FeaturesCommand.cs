using System.CommandLine;
using Acclimate.Backbones;
using Acclimate.Cli.Rendering;
using Acclimate.Data;
using Acclimate.Torch;
using Acclimate.Training;

namespace Acclimate.Cli.Commands;

/// <summary>Writes what a network makes of samples as a table.</summary>
internal sealed class FeaturesCommand : ExampledCommand
{
    private const string LastFeatures = "features";

    private readonly Argument<string> model = new("MODEL") { Description = "A run's folder or a model's, a file of pretrained weights, or the name of published ones that are fetched" };
    private readonly Argument<string> input = new("INPUT") { Description = "The samples; labels that they have go along, and are not looked at" };
    private readonly Option<string> layer = new("--layer")
    {
        Description = "The layer: features (what the classifier sees), logits, probabilities, or a layer of the backbone such as layer3; maps are averaged over their places",
        HelpName = "NAME",
        DefaultValueFactory = static _ => LastFeatures,
    };

    private readonly Option<string?> backbone = new("--backbone") { Description = "The network that a file of weights is of; the file tells if left out", HelpName = "NAME" };
    private readonly Option<string> output = new("--out", "-o") { Description = $"The table to write: {string.Join(" or ", FeatureTable.Endings)}", HelpName = "FILE", Required = true };
    private readonly Option<bool> json = CommandLine.Json(), quiet = CommandLine.Quiet();

    public FeaturesCommand(Screen screen, CancellationToken cancellation)
        : base("features", "Write what a trained or pretrained network makes of samples as a table")
    {
        Add(model);
        Add(input);
        foreach (Option option in (Option[])[layer, backbone, output, json, quiet])
            Add(option);
        SetAction(parsed =>
        {
            string file = parsed.GetRequiredValue(output), name = parsed.GetRequiredValue(layer);
            if (!FeatureTable.Endings.Contains(Path.GetExtension(file).ToLowerInvariant()))
                throw new UsageException($"--out {file}: a table of features is written as {string.Join(" or ", FeatureTable.Endings)}");
            using TensorScope scope = TensorScope.Begin();
            (Domain domain, Tensor features, string network) = Made(parsed, name, screen, cancellation);
            using (domain)
            {
                string source = FeatureTable.Write(file, features, domain.Labels);
                if (parsed.GetValue(json))
                    screen.Json(new { Samples = domain.Count, Features = features.Size(1), Layer = name, Network = network, domain.Labels?.Classes, Out = file, Source = source });
                else
                    Write(domain, features, name, network, source, screen);
            }

            return ExitCode.Success;
        });
    }

    public override IReadOnlyList<string> Examples =>
    [
        "acclimate features resnet18 photos/phone --out phone.csv",
        "acclimate features resnet50.pth photos/phone --layer layer3 --out phone.npz",
        "acclimate features runs/office photos/new --out new.csv",
        "acclimate train 'studio.csv?label=class' 'phone.csv?label=class' --method jda    # a shallow method on such tables",
    ];

    private static void Write(Domain domain, Tensor features, string layer, string network, string source, Screen screen)
    {
        screen.Out.WriteLine(screen.Bold($"{Numbers.Count(domain.Count)} samples with {Numbers.Count(features.Size(1))} features each."));
        screen.Out.WriteLine();
        screen.Fact("Network", $"{network}, layer {layer}");
        screen.Fact("Labels", domain.Labels is { } labels ? $"{labels.Classes.Count} classes" : "none");
        screen.Fact("Open it", $"as '{source}'");
    }

    /// <summary>The samples, what the network makes of them, and which network it is.</summary>
    private (Domain Domain, Tensor Features, string Network) Made(ParseResult parsed, string name, Screen screen, CancellationToken cancellation)
    {
        string given = parsed.GetRequiredValue(model), samples = parsed.GetRequiredValue(input);
        if (ModelFolder(given) is { } folder)
        {
            if (parsed.GetValue(backbone) is not null)
                throw new UsageException("--backbone is for files of weights; a saved model says what it is: leave it out");
            using TransferModel trained = Models.Open(folder);
            return Opened(trained.Open(samples), domain => (
                trained is NetworkModel of ? of.Rows(domain, name, cancellation)
                : name == LastFeatures ? trained.Features(domain, cancellation)
                : throw new UsageException($"--layer {name}: this model of {trained.Provenance.Method} is no single network, and has the layer {LastFeatures} alone"),
                trained is NetworkModel spec ? spec.Network.Spec.Backbone : trained.Provenance.Method));
        }

        using PretrainedNetwork network = PretrainedNetwork.Open(PretrainedWeights.Find(given), parsed.GetValue(backbone));
        return Opened(Domain.Open(samples), domain =>
        {
            using ProgressLine line = new(screen with { Quiet = parsed.GetValue(quiet) }, network.Backbone, parsed.GetValue(json));
            return (network.Rows(domain, name, new Told(done => line.Report(done, domain.Count, string.Empty, "pictures")), cancellation), network.Backbone);
        });
    }

    private static (Domain, Tensor, string) Opened(Domain domain, Func<Domain, (Tensor Features, string Network)> make)
    {
        try
        {
            (Tensor features, string network) = make(domain);
            return (domain, features, network);
        }
        catch
        {
            domain.Dispose();
            throw;
        }
    }

    /// <summary>The folder of a saved model, also where its file of weights is named; none where something else is meant.</summary>
    private static string? ModelFolder(string given) =>
        Directory.Exists(given) ? given
        : File.Exists(given) && NetworkModel.Describe(given) is not null ? Path.GetDirectoryName(Path.GetFullPath(given))
        : null;
}
