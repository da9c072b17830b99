using System.CommandLine;
using System.Globalization;
using Acclimate.Catalog;
using Acclimate.Cli.Rendering;
using Acclimate.Policies;
using Acclimate.Torch;

namespace Acclimate.Cli.Commands;

/// <summary>Learns a control task, from nothing or from what another taught.</summary>
internal sealed class PolicyCommand : ExampledCommand
{
    private const string Scratch = "from-scratch";

    private readonly Argument<string> task = new("TASK") { Description = "light-cart, heavy-cart, or a cart of your own: engine=0.001,gravity=0.0025,friction=0.01" };
    private readonly Option<string?> from = new("--from") { Description = "What was learnt on another task, as --out writes it; nothing if left out", HelpName = "FILE" };
    private readonly Option<string?> method = new("--method", "-m") { Description = "How it is used: value-init (its values as the start) or prq (its policy now and then); value-init if left out", HelpName = "NAME" };
    private readonly Option<string[]> set = new("--set") { Description = "An option of the method; can be repeated", HelpName = "NAME=VALUE", DefaultValueFactory = _ => [] };
    private readonly Option<int> episodes = new("--episodes") { Description = "Episodes at most, of at most 1,000 steps each", HelpName = "N", DefaultValueFactory = _ => 200 };
    private readonly Option<double?> until = new("--until") { Description = "Stop once this mean return is reached and kept for an episode; a step costs 1, so returns are negative: -150", HelpName = "RETURN" };
    private readonly Option<long> seed = new("--seed") { Description = "Where every random choice starts from", HelpName = "N" };
    private readonly Option<string?> output = new("--out", "-o") { Description = "Where the policy goes: a safetensors file; it is only scored if left out", HelpName = "FILE" };
    private readonly Option<string?> curve = new("--curve") { Description = "Where the learning curve goes: a CSV file", HelpName = "FILE" };
    private readonly Option<bool> json = CommandLine.Json("Write the figures as JSON, progress to standard error"), quiet = CommandLine.Quiet();

    public PolicyCommand(Screen screen, CancellationToken cancellation)
        : base("policy", "Learn a control task by what another taught")
    {
        Add(task);
        foreach (Option option in (Option[])[from, method, set, episodes, until, seed, output, curve, json, quiet])
            Add(option);
        SetAction(parsed => Run(parsed, screen, cancellation));
    }

    public override IReadOnlyList<string> Examples =>
    [
        "acclimate policy light-cart --episodes 500 --out light.safetensors",
        "acclimate policy heavy-cart --from light.safetensors --until -150",
        "acclimate policy engine=0.0009,friction=0.01 --from light.safetensors --method prq --curve curve.csv",
    ];

    private int Run(ParseResult parsed, Screen screen, CancellationToken cancellation)
    {
        ValleyTask wanted = ValleyTask.Parse(parsed.GetRequiredValue(task));
        int most = parsed.GetValue(episodes);
        if (most < 1)
            throw new UsageException($"--episodes {most}: expected 1 or more");
        if (parsed.GetValue(from) is null && (parsed.GetValue(method) is not null || parsed.GetValue(set)!.Length > 0))
            throw new UsageException("--method and --set say how another task's policy is used: --from names its file");
        PolicyTransfer? how = null;
        (ActionValues Values, string Task)? old = null;
        if (parsed.GetValue(from) is { } file)
        {
            MethodEntry entry = MethodsCommand.Find(parsed.GetValue(method) ?? "value-init");
            how = entry.Create(TrainCommand.Pairs(parsed.GetValue(set)!)) as PolicyTransfer ?? throw new UsageException($"{entry.About.Name} transfers no policy: value-init and prq do");
            how.Validate();
            old = ActionValues.Load(file);
        }

        bool asJson = parsed.GetValue(json);
        QLearning learning = new(wanted, parsed.GetValue(seed));
        double before = learning.Return(old?.Values ?? new ActionValues());
        LearningCurve learnt;
        using (ProgressLine line = new(screen with { Quiet = parsed.GetValue(quiet) }, wanted.Name, toError: asJson))
        {
            int done = 0;
            learnt = learning.Learn(
                how?.Learner(old!.Value.Values), most, parsed.GetValue(until),
                point => line.Report(++done, most, string.Create(CultureInfo.InvariantCulture, $"return {point.Return:0}"), "episodes"), cancellation);
        }

        long? reached = parsed.GetValue(until) is { } enough ? learnt.StepsTo(enough) : null;
        if (parsed.GetValue(output) is { } to)
            learnt.Values.Save(to, wanted.Name);
        if (parsed.GetValue(curve) is { } table)
            Save(table, learnt);
        string named = how is null ? Scratch : MethodCatalog.NameOf(how);
        if (asJson)
        {
            screen.Json(new
            {
                Task = wanted.Name,
                From = old?.Task,
                Method = named,
                Options = how is null ? null : MethodCatalog.OptionsOf(how),
                Seed = parsed.GetValue(seed),
                Before = before,
                learnt.Points[^1].Return,
                Episodes = learnt.Points.Count,
                learnt.Points[^1].Steps,
                StepsToReturn = reached,
                Curve = learnt.Points,
            });
            return ExitCode.Success;
        }

        screen.Fact("Task", wanted.Name);
        screen.Fact("From", old is { } taught ? $"{taught.Task}, by {named}" : "nothing");
        screen.Out.WriteLine();
        screen.Out.WriteLine(screen.Bold(string.Create(CultureInfo.InvariantCulture, $"Mean return of ten starts: {before:0.0} before, {learnt.Points[^1].Return:0.0} after {Numbers.Count(learnt.Points.Count)} episodes and {Numbers.Count(learnt.Points[^1].Steps)} steps.")));
        if (parsed.GetValue(until) is { } aim)
        {
            string aimed = aim.ToString("0.###", CultureInfo.InvariantCulture);
            screen.Out.WriteLine(reached is { } steps ? $"{aimed} was reached and kept after {Numbers.Count(steps)} steps." : $"{aimed} was not reached: more --episodes may.");
        }

        foreach (string written in new[] { parsed.GetValue(output), parsed.GetValue(curve) }.OfType<string>())
            screen.Out.WriteLine(written);
        return ExitCode.Success;
    }

    private static void Save(string file, LearningCurve learnt) => AtomicFile.Write(file, stream =>
    {
        using StreamWriter writer = new(stream, leaveOpen: true) { NewLine = "\n" };
        writer.WriteLine("episode,steps,return");
        for (int i = 0; i < learnt.Points.Count; i++)
            writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{i + 1},{learnt.Points[i].Steps},{learnt.Points[i].Return}"));
    });
}
