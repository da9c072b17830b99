using System.CommandLine;
using Acclimate.Catalog;
using Acclimate.Cli.Rendering;
using Acclimate.Data;
using Acclimate.Features;
using Acclimate.Metrics;
using Acclimate.SelfTaught.Clustering;
using Acclimate.Torch;
using Acclimate.Training;

namespace Acclimate.Cli.Commands;

/// <summary>Groups samples without labels, with the help of others.</summary>
internal sealed class ClusterCommand : ExampledCommand
{
    private readonly Argument<string> target = new("TARGET") { Description = "The samples to group: rows of numbers of 0 or more; labels that they may have are kept aside for scoring" };
    private readonly Option<string> auxiliary = new("--auxiliary") { Description = "Other samples of the same features, of whatever classes; labels are not looked at", HelpName = "PATH", Required = true };
    private readonly Option<string> method = new("--method", "-m") { Description = "The method; stc is the one there is", DefaultValueFactory = _ => "stc", HelpName = "NAME" };
    private readonly Option<int> clusters = new("--clusters") { Description = "How many groups", DefaultValueFactory = _ => new CoClustering().Clusters, HelpName = "N" };
    private readonly Option<string[]> set = new("--set") { Description = "An option of the method; can be repeated", HelpName = "NAME=VALUE", DefaultValueFactory = _ => [] };
    private readonly Option<long> seed = new("--seed") { Description = "Where every random choice starts from", DefaultValueFactory = _ => 0, HelpName = "N" };
    private readonly Option<string?> output = new("--out", "-o") { Description = "Where the groups go: a CSV file; only counted if left out", HelpName = "FILE" };
    private readonly Option<bool> json = CommandLine.Json();

    public ClusterCommand(Screen screen, CancellationToken cancellation)
        : base("cluster", "Group samples without labels, with the help of other samples (self-taught clustering)")
    {
        Add(target);
        foreach (Option option in (Option[])[auxiliary, method, clusters, set, seed, output, json])
            Add(option);
        SetAction(parsed =>
        {
            Dictionary<string, string> options = TrainCommand.Pairs(parsed.GetValue(set)!);
            if (parsed.GetResult(clusters) is { Implicit: false } || !options.ContainsKey("clusters"))
                options["clusters"] = $"{parsed.GetValue(clusters)}";
            options.TryAdd("auxiliary-clusters", options["clusters"]);
            MethodEntry entry = MethodsCommand.Find(parsed.GetValue(method)!);
            CoClustering how = entry.Create(options) as CoClustering ?? throw new UsageException($"{entry.About.Name} finds no groups: see acclimate {entry.Command} --help");
            how.Validate();
            using Domain samples = Domain.Open(parsed.GetRequiredValue(target));
            using Domain others = Domain.Open(parsed.GetRequiredValue(auxiliary), new DomainOptions { Encoder = samples.Encoder, FeatureCount = samples.SampleShape.Count == 1 ? (int)samples.SampleShape[0] : null, Vocabulary = samples.Vocabulary });
            DomainPair.Check(samples, others);
            using TensorScope scope = TensorScope.Begin();
            CoClusters found = how.Fit(Rows(samples), Rows(others), parsed.GetValue(seed), cancellation);
            double? nmi = samples.Labels is { } labels ? MutualInformation.Normalised(labels.Indices, found.Target) : null;
            int[] sizes = [.. Enumerable.Range(0, how.Clusters).Select(group => found.Target.Count(one => one == group))];
            if (parsed.GetValue(output) is { } file)
                Save(file, samples, found.Target);
            if (parsed.GetValue(json))
                screen.Json(new { Method = entry.About.Name, Options = MethodCatalog.OptionsOf(how), Samples = samples.Count, Auxiliary = others.Count, Sizes = sizes, found.Objective, NormalisedMutualInformation = nmi, Groups = found.Target });
            else
                Write(samples, others, found, sizes, nmi, parsed.GetValue(output), screen);
            return ExitCode.Success;
        });
    }

    public override IReadOnlyList<string> Examples =>
    [
        "acclimate cluster usps.mat --auxiliary mnist.mat",
        "acclimate cluster photos.csv --auxiliary other-photos.csv --clusters 5 --out groups.csv",
        "acclimate cluster words.npz --auxiliary other-words.npz --set feature-clusters=100 --json",
    ];

    private static Tensor Rows(Domain domain) => FeatureData.Rows(domain, Preprocessing.None);

    private static void Save(string file, Domain samples, int[] groups) => AtomicFile.Write(file, stream =>
    {
        using StreamWriter writer = new(stream, leaveOpen: true) { NewLine = "\n" };
        writer.WriteLine("sample,group");
        for (int i = 0; i < groups.Length; i++)
            writer.WriteLine($"{PredictionTable.Quoted(samples.Describe(i))},{groups[i]}");
    });

    private static void Write(Domain samples, Domain others, CoClusters found, int[] sizes, double? nmi, string? file, Screen screen)
    {
        screen.Fact("Target", $"{samples.Name}  {Numbers.Count(samples.Count)} samples");
        screen.Fact("Beside", $"{others.Name}  {Numbers.Count(others.Count)} auxiliary samples");
        screen.Out.WriteLine();
        screen.Out.WriteLine(screen.Bold($"{sizes.Count(static size => size > 0)} groups of {string.Join(", ", sizes.Where(static size => size > 0).OrderDescending())} samples."));
        if (nmi is { } score)
            screen.Out.WriteLine($"Normalised mutual information with the target's labels, which served for this figure alone: {Numbers.Fixed(score)}.");
        screen.Out.WriteLine($"Information lost: {Numbers.Short(found.Objective[0])} at first, {Numbers.Short(found.Objective[^1])} in the end, in {found.Objective.Count - 1} steps.");
        if (file is not null)
            screen.Out.WriteLine($"Groups: {file}");
    }
}
