using Acclimate.Backbones;
using Acclimate.Catalog;
using Acclimate.Data;
using Acclimate.Deep;
using Acclimate.Torch;
using Acclimate.Training;

namespace Acclimate.Bench.Peers;

/// <summary>Whether a long run needs more memory than a short one.</summary>
internal static class Memory
{
    private const long First = 500;
    private const int Batch = 16;

    public static void Measure(long steps)
    {
        Console.WriteLine(FormattableString.Invariant($"LeNet on 16×16, batches of {Batch} + {Batch}, {Engine.Threads} threads; resident memory in MiB\n"));
        Console.WriteLine(FormattableString.Invariant(
            $"| method | after {First} steps | after {steps} | growth | live tensors after {First} | after {steps} |\n| --- | ---: | ---: | ---: | ---: | ---: |"));
        Row("dann", static () => (Objective)MethodCatalog.Find("dann").Create(), steps);
        Row("dan", static () => (Objective)MethodCatalog.Find("dan").Create(), steps);
        Row("two updates in turns", static () => new InTurns(), steps);
    }

    private static void Row(string name, Func<Objective> create, long steps)
    {
        long[] shape = [1, 16, 16];
        using Domain source = Ours.Pictures("source", shape, 1), target = Ours.Pictures("target", shape, 2);
        using Generator generator = new(0);
        using ClassifierNetwork network = new(new NetworkSpec("lenet", shape, 10), generator);
        using Objective objective = create();
        (double Resident, long Live) first = default, last = default;
        new Trainer(network, objective, new TrainerOptions { Steps = steps, BatchSize = Batch }).Fit(source, target, Preprocessing.None, progress: report =>
        {
            if (report.Step == First)
                first = Now();
            if (report.Step == steps)
                last = Now();
        });
        Console.WriteLine(FormattableString.Invariant(
            $"| {name} | {first.Resident:F1} | {last.Resident:F1} | {last.Resident - first.Resident:+0.0;−0.0;0.0} | {first.Live} | {last.Live} |"));
    }

    /// <summary>After a collection, so that what the managed heap has merely not yet let go of isn't counted.</summary>
    private static (double Resident, long Live) Now()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        const string field = "VmRSS:";
        string line = File.ReadLines("/proc/self/status").First(static line => line.StartsWith(field, StringComparison.Ordinal));
        return (double.Parse(line[field.Length..^2], System.Globalization.CultureInfo.InvariantCulture) / 1024, Engine.LiveTensors);
    }

    /// <summary>A discriminator learns the domains from the features; then the network learns the labels and to be mistaken for the other domain.</summary>
    private sealed class InTurns : Objective
    {
        private Linear? discriminator;

        public override Module? Network => discriminator;

        public override void Attach(FitContext context) => discriminator = new Linear(context.Example.Features.Size(1), 1, context.Generator);

        public override IReadOnlyList<Update> Updates(Stage stage) =>
        [
            new Update(step => [new LossTerm("discriminator", Domains(step.Source.Features.Detach(), 1) + Domains(step.Target.Features.Detach(), 0))]) { Moves = Parts.Own },
            new Update(step => [.. Task(step), .. Loss(step)]) { Moves = Parts.Network },
        ];

        public override IReadOnlyList<LossTerm> Loss(TrainingStep step) => [new LossTerm("confusion", Domains(step.Target.Features, 1), 0.1)];

        private Tensor Domains(Tensor features, double domain)
        {
            Tensor scores = discriminator!.Forward(features);
            return Functional.BinaryCrossEntropyWithLogits(scores, domain == 1 ? scores.OnesLike() : scores.ZerosLike());
        }
    }
}
