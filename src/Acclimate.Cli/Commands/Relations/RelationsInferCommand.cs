using System.CommandLine;
using System.Globalization;
using System.Text;
using Acclimate.Cli.Rendering;
using Acclimate.Metrics;
using Acclimate.Relations;
using Acclimate.Relations.Inference;
using Acclimate.Torch;

namespace Acclimate.Cli.Commands.Relations;

/// <summary>Infers how likely what is not known is.</summary>
internal sealed class RelationsInferCommand : ExampledCommand
{
    private const int Shown = 20;

    private static readonly Dictionary<string, Sampler> Samplers = new(StringComparer.Ordinal)
    {
        ["auto"] = Sampler.Auto,
        ["gibbs"] = Sampler.Gibbs,
        ["mc-sat"] = Sampler.McSat,
        ["exact"] = Sampler.Exact,
    };

    public RelationsInferCommand(Screen screen, CancellationToken cancellation)
        : base("infer", "How likely each fact of some predicates is, given what is known")
    {
        InferenceOptions plain = new();
        Argument<string> network = new("NETWORK") { Description = "The .mln file with its weights" };
        Option<string?> evidence = new("--evidence", "-e") { Description = "The .db file with what is known. Of predicates that are asked for, what it says is known and the rest is asked; of the others, the rest is false", HelpName = "FILE" };
        Option<string?> query = RelationsOptions.Query("The predicates that are asked for, with commas between");
        Option<string> sampler = new("--sampler") { Description = "gibbs, mc-sat, exact (all worlds, up to 20 facts), or auto", DefaultValueFactory = static _ => "auto", HelpName = "NAME" };
        Option<int> samples = new("--samples") { Description = "Samples that count", DefaultValueFactory = _ => plain.Samples, HelpName = "N" };
        Option<int> burnIn = new("--burn-in") { Description = "Samples before those", DefaultValueFactory = _ => plain.BurnIn, HelpName = "N" };
        Option<long> seed = new("--seed") { Description = "Where every random choice starts from", DefaultValueFactory = static _ => 0, HelpName = "N" };
        Option<string?> truth = new("--truth") { Description = "A .db file with what is true, for scoring only: the area under the precision-recall curve", HelpName = "FILE" };
        Option<string?> output = new("--out", "-o") { Description = "Write all facts with their probabilities to this file, the likeliest first", HelpName = "FILE" };
        Option<bool> json = CommandLine.Json();
        Add(network);
        foreach (Option option in (Option[])[evidence, query, sampler, samples, burnIn, seed, truth, output, json])
            Add(option);
        SetAction(parsed =>
        {
            MarkovNetwork given = MarkovNetwork.Read(parsed.GetRequiredValue(network));
            IReadOnlyList<Predicate> asked = RelationsOptions.Predicates(parsed.GetValue(query), given) ?? throw new UsageException($"say what is asked for with --query NAMES; the network has {string.Join(", ", given.Predicates)}");
            FactBase known = parsed.GetValue(evidence) is { } file ? FactBase.Read(file, given) : new FactBase("no evidence", []);
            FactBase? right = parsed.GetValue(truth) is { } truths ? FactBase.Read(truths, given) : null;
            InferenceOptions options = new() { Sampler = Named(parsed.GetRequiredValue(sampler)), Samples = parsed.GetValue(samples), BurnIn = parsed.GetValue(burnIn), Seed = parsed.GetValue(seed) };
            Marginal[] found = [.. Marginals.Infer(given, known, asked, options, cancellation).OrderByDescending(static marginal => marginal.Probability)];
            if (parsed.GetValue(output) is { } to)
                AtomicFile.Write(to, stream => stream.Write(Encoding.UTF8.GetBytes(string.Concat(found.Select(static marginal => $"{Line(marginal)}\n")))));
            Dictionary<string, double>? areas = right is null ? null : Areas(found, asked, right);
            if (parsed.GetValue(json))
                screen.Json(new { Marginals = found.Select(static marginal => new { Fact = marginal.Fact.ToString(), marginal.Probability }), AucPr = areas });
            else
                Write(found, areas, parsed.GetValue(output), screen);
            return ExitCode.Success;
        });
    }

    public override IReadOnlyList<string> Examples =>
    [
        "acclimate relations infer learnt.mln --evidence town.db --query Cancer,Smokes",
        "acclimate relations infer learnt.mln --evidence town.db --query Cancer --sampler mc-sat --samples 5000",
        "acclimate relations infer learnt.mln -e known.db --query AdvisedBy --truth all.db -o advised.txt",
    ];

    private static Sampler Named(string name) => Samplers.TryGetValue(name, out Sampler sampler)
        ? sampler
        : throw new UsageException($"--sampler '{name}' is not known{NearestName.HintOrStop(name, Samplers.Keys)} Expected {string.Join(", ", Samplers.Keys)}");

    private static string Line(Marginal marginal) => string.Create(CultureInfo.InvariantCulture, $"{marginal.Probability:0.0000}  {marginal.Fact}");

    private static Dictionary<string, double> Areas(Marginal[] found, IReadOnlyList<Predicate> asked, FactBase right)
    {
        HashSet<Fact> holding = [.. right.Facts.Where(static fact => fact.Holds)];
        return asked.ToDictionary(static predicate => predicate.Name, predicate =>
        {
            Marginal[] own = [.. found.Where(marginal => marginal.Fact.Predicate.Equals(predicate))];
            return PrecisionRecall.Area([.. own.Select(static marginal => marginal.Probability)], [.. own.Select(marginal => holding.Contains(marginal.Fact))]);
        });
    }

    private static void Write(Marginal[] found, Dictionary<string, double>? areas, string? file, Screen screen)
    {
        foreach (Marginal marginal in found.Take(Shown))
            screen.Out.WriteLine(Line(marginal));
        if (found.Length > Shown)
            screen.Out.WriteLine($"… and {Numbers.Count(found.Length - Shown)} less likely ones{(file is null ? "; --out FILE writes them all" : string.Empty)}");
        foreach ((string predicate, double area) in areas ?? [])
            screen.Out.WriteLine(double.IsNaN(area) ? $"AUC-PR of {predicate}: none of its facts that were asked for is true" : string.Create(CultureInfo.InvariantCulture, $"AUC-PR of {predicate}: {area:0.000}"));
        if (file is not null)
            screen.Out.WriteLine($"Written: {file}");
    }
}
