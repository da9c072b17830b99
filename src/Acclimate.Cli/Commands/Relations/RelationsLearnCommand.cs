using System.CommandLine;
using Acclimate.Cli.Rendering;
using Acclimate.Relations;
using Acclimate.Relations.Learning;

namespace Acclimate.Cli.Commands.Relations;

/// <summary>Learns weights, and clauses where they are asked for.</summary>
internal sealed class RelationsLearnCommand : ExampledCommand
{
    public RelationsLearnCommand(Screen screen, CancellationToken cancellation)
        : base("learn", "Learn the weights of a network's clauses from facts; with --structure, clauses too")
    {
        Argument<string> network = new("NETWORK") { Description = "The .mln file: declarations and formulas. Weights there have no part" };
        Option<string[]> data = RelationsOptions.Data("--data", "Facts of which everything is known: what is not said is false; can be repeated, each file is a world of its own");
        Option<string?> query = RelationsOptions.Query("The predicates to predict, with commas between, the others being given; all if left out");
        Option<bool> structure = new("--structure") { Description = "Search clauses too" };
        Option<double> prior = new("--prior") { Description = "The deviation of the weights' Gaussian prior", DefaultValueFactory = static _ => WeightLearning.DefaultPrior, HelpName = "SIGMA" };
        Option<int> longest = new("--literals") { Description = "With --structure: the longest clause", DefaultValueFactory = static _ => new SearchOptions().Literals, HelpName = "N" };
        Option<int> most = new("--clauses") { Description = "With --structure: the most clauses to find", DefaultValueFactory = static _ => new SearchOptions().Clauses, HelpName = "N" };
        Option<double> penalty = new("--penalty") { Description = "With --structure: how much log-likelihood each literal must bring", DefaultValueFactory = static _ => new SearchOptions().Penalty, HelpName = "NATS" };
        Option<string?> output = RelationsOptions.Output();
        Option<bool> json = CommandLine.Json(), quiet = CommandLine.Quiet();
        Add(network);
        foreach (Option option in (Option[])[data, query, structure, prior, longest, most, penalty, output, json, quiet])
            Add(option);
        SetAction(parsed =>
        {
            string from = parsed.GetRequiredValue(network);
            string to = RelationsOptions.Destination(parsed.GetValue(output), from);
            MarkovNetwork given = MarkovNetwork.Read(from);
            FactBase[] facts = RelationsOptions.Facts(parsed.GetRequiredValue(data), given, "--data");
            IReadOnlyList<Predicate>? modelled = RelationsOptions.Predicates(parsed.GetValue(query), given);
            Screen beside = parsed.GetValue(json) ? screen.Beside() : screen;
            LearntNetwork learnt = parsed.GetValue(structure)
                ? StructureLearning.Learn(
                    given, facts, modelled,
                    new SearchOptions { Prior = parsed.GetValue(prior), Literals = parsed.GetValue(longest), Clauses = parsed.GetValue(most), Penalty = parsed.GetValue(penalty) },
                    parsed.GetValue(quiet) ? null : beside.Out.WriteLine, cancellation)
                : WeightLearning.Learn(given, facts, modelled, parsed.GetValue(prior), cancellation);
            learnt.Network.Write(to, $"Learnt from {string.Join(", ", facts.Select(static one => Path.GetFileName(one.Name)))}");
            if (parsed.GetValue(json))
                screen.Json(RelationsOptions.AsData(to, learnt));
            else
                RelationsView.Write(learnt, to, screen);
            return ExitCode.Success;
        });
    }

    public override IReadOnlyList<string> Examples =>
    [
        "acclimate relations learn smoking.mln --data town.db -o learnt.mln",
        "acclimate relations learn university.mln --data cs.db --data maths.db --query AdvisedBy -o learnt.mln",
        "acclimate relations learn declarations.mln --data town.db --structure -o learnt.mln",
    ];
}
