using System.CommandLine;
using Acclimate.Cli.Rendering;
using Acclimate.Data;
using Acclimate.Selection;

namespace Acclimate.Cli.Commands;

/// <summary>Says how far two domains are apart, and what that asks for.</summary>
internal sealed class InspectCommand : ExampledCommand
{
    private const int DriftsShown = 5;
    private const double Significant = 0.05;

    public InspectCommand(Screen screen, CancellationToken cancellation)
        : base("inspect", "Say how far two domains are apart, and what that asks for")
    {
        Argument<string> source = new("SOURCE") { Description = "One domain: a folder of images, .csv, .mat, .npz, IDX …" };
        Argument<string> target = new("TARGET") { Description = "The other" };
        Option<bool> json = new("--json") { Description = "Write JSON" };
        Add(source);
        Add(target);
        Add(json);
        SetAction(parsed =>
        {
            using DomainPair pair = DomainPair.Open(parsed.GetRequiredValue(source), parsed.GetRequiredValue(target));
            DomainShift found = DomainShift.OfSamples(pair.Source, pair.Target, cancellation);
            if (parsed.GetValue(json))
                screen.Json(new { Source = About(pair.Source), Target = About(pair.Target), found.ADistance, found.Mmd, found.ClassBalanceChange, Drifts = found.Drifts.Take(20) });
            else
                Write(pair, found, screen);
            return ExitCode.Success;
        });
    }

    public override IReadOnlyList<string> Examples =>
    [
        "acclimate inspect photos/studio photos/phone",
        "acclimate inspect amazon.mat webcam.mat --json",
    ];

    private static object About(Domain domain) => new { Path = domain.Provenance, Samples = domain.Count, Shape = domain.SampleShape, domain.Labels?.Classes };

    private static void Write(DomainPair pair, DomainShift found, Screen screen)
    {
        bool differ = found.Mmd.PValue < Significant;
        bool partly = found.Mmd.SourceUsed < pair.Source.Count || found.Mmd.TargetUsed < pair.Target.Count;
        string used = partly ? $" (measured on {Numbers.Count(found.Mmd.SourceUsed)} and {Numbers.Count(found.Mmd.TargetUsed)} samples)" : string.Empty;
        screen.Out.WriteLine(screen.Bold(differ ? "The domains differ." : "No difference was found between the domains."));
        Prose.Hang(screen.Out, string.Empty, $"A-distance {Numbers.Fixed(found.ADistance.Value)} of 2, MMD² {Numbers.Short(found.Mmd.Mmd)} ({Numbers.PValue(found.Mmd)}){used}.");
        screen.Out.WriteLine();
        screen.Fact("Source", Line(pair.Source));
        screen.Fact("Target", Line(pair.Target));
        Prose.Hang(screen.Out, "Drift   ", string.Join(", ", found.Drifts.Take(DriftsShown).Select(d => $"{d.Feature} (d = {Numbers.Short(d.Deviations)})")));
        screen.Fact("Classes", found.ClassBalanceChange is { } moved ? $"balance changed by {Numbers.Percent(moved)}" : "not compared: the target's are not known");
        screen.Out.WriteLine();
        string method = differ ? "dan" : "source-only";
        screen.Out.WriteLine($"Start with: acclimate train {pair.Source.Provenance} {pair.Target.Provenance} --method {method}");
        screen.Out.WriteLine(differ ? "  (why: the inputs moved)" : "  (why: a plain model of the source should do on the target)");
    }

    private static string Line(Domain domain)
    {
        string shape = string.Join(" × ", domain.SampleShape.Select(n => n < 0 ? "any" : $"{n}"));
        string labels = domain.Labels is { } known ? $"{known.Classes.Count} classes" : "no labels";
        string kind = domain.SampleShape.Count == 1 ? "features" : "pictures";
        return $"{domain.Name}: {Numbers.Count(domain.Count)} samples, {kind} {shape}, {labels}";
    }
}
