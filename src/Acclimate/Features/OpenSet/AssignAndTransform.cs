using Acclimate.Catalog;
using Acclimate.Classifiers;
using Acclimate.Data;
using Acclimate.Discrepancies;
using Acclimate.Features.Maps;
using Acclimate.Torch;
using static System.FormattableString;

namespace Acclimate.Features.OpenSet;

/// <summary>
/// ATI-λ: assigns each target sample to a class of the source or to none, moves the source's class means onto what was assigned
/// to them, and begins again. Busto, Gall, "Open Set Domain Adaptation", ICCV 2017.
/// </summary>
/// <remarks>
/// <para>The assignment is a linear program (<see cref="ClassAssignment"/>) with d_ct = ‖S_c − T_t‖², S_c a class's mean over source samples and T_t a
/// target sample, and λ = ρ(max d + min d) for a sample that goes to no class. Labelled target samples stay where their labels say. The map
/// minimises Σ x_ct ‖S_cW − T_t‖² and is the minimiser nearest to the identity, where a descent from there ends too:
/// W = I + (DS)⁺D(T̄ − S), with the means S as rows, T̄ the means of what was assigned, and D the roots of its numbers.</para>
/// <para>With neighbours (ATI-λ-N) the cost of a class has Σ d_cc' over the classes c' of a sample's nearest neighbours beside it. That program is
/// quadratic; here neighbours are held at their last assignment, and a linear program is solved anew as long as the whole cost falls, which
/// need not end at its least.</para>
/// <para>The paper's source has samples of unknown classes to train on. Here it need not: linear support vector machines, each class against
/// the rest, learn the mapped source, and the target's samples as they were assigned, unknown ones among them. They say what further samples
/// are; those of the fit are what they were assigned to.</para>
/// </remarks>
[Method("ati", Family.Features, LabelSetting.UnsupervisedTarget, Classes = ClassSets.Open,
    Title = "Assign and Transform Iteratively (ATI-λ)",
    Summary = "Assigns target samples to the source's classes or to none by a linear program, moves the source's class means onto theirs, and begins again; then support vector machines with a class for the unknown.",
    Formula = "min Σ_t (Σ_c ‖S_c − T_t‖² x_ct + λ o_t), Σ_c x_ct + o_t = 1, Σ_t x_ct ≥ 1;  min_W Σ x_ct ‖S_cW − T_t‖²",
    Paper = "Busto, Gall: Open Set Domain Adaptation, ICCV 2017")]
public sealed class AssignAndTransform : FeatureMethod
{
    /// <summary>
    /// Samples come in float32: what means differ by less than this part of the strongest direction is rounding. After a z-score their weighted sum
    /// is such a direction, and to stretch it to the target's would be to stretch noise.
    /// </summary>
    private const double Rounding = 1e-5;

    /// <summary>ρ: the cost of belonging to no class, between the least and the greatest distance; 0 to 1.</summary>
    [Option("rho", "the cost of belonging to no class, as a part of the least and the greatest distance together, 0 to 1: with less, more is unknown", Search = "0.3..0.6", Source = "0.5 in the paper")]
    public double Rho { get; init; } = 0.5;

    /// <summary>N: the nearest neighbours that are to be of like classes, 0 or more. Default 0: each sample by itself.</summary>
    [Option("neighbours", "the nearest target samples that are to be of like classes, 0 or more", Search = "0..3", Source = "0 is ATI-λ, 1 and 2 are ATI-λ-N₁ and -N₂ in the paper")]
    public int Neighbours { get; init; }

    /// <summary>The most rounds, 1 or more; it stops where the assignment stays.</summary>
    [Option("rounds", "the most rounds, 1 or more; it stops where the assignment stays", Search = "fixed", Source = "ours: a bound; it stops where the assignment stays")]
    public int Rounds { get; init; } = 10;

    /// <summary>C of the support vector machines, above 0.</summary>
    [Option("C", "what a sample's loss weighs against ‖w‖²/2 in the support vector machines, above 0", Search = "0.0001..1 log", Source = "0.001 in the paper")]
    public double C { get; init; } = 0.001;

    /// <inheritdoc/>
    public override IReadOnlyList<string> ExtraClasses => [Labels.Unknown];

    /// <inheritdoc/>
    public override void Validate()
    {
        Require(Rho is >= 0 and <= 1, $"rho is {Rho}; expected 0 to 1");
        Require(Neighbours >= 0, $"neighbours is {Neighbours}; expected 0 or more");
        Require(Rounds >= 1, $"rounds is {Rounds}; expected 1 or more");
        Require(C > 0 && double.IsFinite(C), $"C is {C}; expected a number above 0");
    }

    /// <inheritdoc/>
    protected override FittedFeatures Learn(FeatureData data, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(context);
        int[] present = [.. data.SourceLabels.Distinct().Order()];
        int none = present.Length;
        int[] known = [.. Enumerable.Range(0, data.TargetCount).Select(t => data.TargetLabels?[t] is >= 0 and int label ? Array.IndexOf(present, label) : -1)];
        bool[] needed = NeededOf(known, none, out string? note);
        int[][] neighbours = NeighboursOf(data.Target);
        Tensor averages = Averages(data.SourceLabels, present), w = Tensor.Eye(data.Features, ScalarType.Float64);
        List<double> objective = [];
        double gap = 0, slope = 0;
        int[] places = [];
        for (int round = 1; round <= Rounds; round++)
        {
            using TensorScope scope = TensorScope.Begin();
            Tensor means = averages.MatMul(data.Source).MatMul(w);
            ClassAssignment assigned = Assign(means, data.Target, known, needed, neighbours);
            objective.Add(assigned.Cost);
            gap = Math.Max(gap, (assigned.Cost - assigned.Bound) / Math.Max(Math.Abs(assigned.Cost), double.Epsilon));
            bool stays = assigned.Places.SequenceEqual(places);
            places = assigned.Places;
            if (!stays)
            {
                (Tensor change, double left) = Transform(means, data.Target, places);
                w = scope.Keep(w + w.MatMul(change));
                slope = Math.Max(slope, left);
            }

            context.Report(round, Rounds);
            if (stays)
                break;
        }

        int[] labels = Array.ConvertAll(places, place => place == none ? data.Classes : present[place]);
        LinearSvm machines = new() { C = C };
        FittedClassifier classifier = machines.Fit(
            Tensor.Concatenate([data.Source.MatMul(w), data.Target]), [.. data.SourceLabels, .. labels], data.Classes + 1);
        List<string> notes = [Invariant($"{places.Count(place => place == none)} of {data.TargetCount} target samples were assigned to no class, after {objective.Count} rounds")];
        if (note is not null)
            notes.Add(note);
        if (Neighbours > 0)
            notes.Add("with neighbours the assignment is a quadratic program: its cost fell to where no step by a linear program lowers it, which need not be its least");
        return new FittedFeatures(new AffineMap(w), new IdentityMap(), new Certificate { Objective = objective, KktResidual = Math.Max(gap, slope), Notes = notes }, classifier)
        {
            TargetLabels = labels,
        };
    }

    /// <summary>The classes that must get a sample: all, unless the target has too few.</summary>
    private static bool[] NeededOf(int[] known, int classes, out string? note)
    {
        bool[] needed = [.. Enumerable.Range(0, classes).Select(c => !known.Contains(c))];
        bool enough = known.Count(static place => place < 0) >= needed.Count(static one => one);
        note = enough ? null : "the target has fewer samples than there are classes: classes may stay empty";
        return enough ? needed : new bool[classes];
    }

    private int[][] NeighboursOf(Tensor target)
    {
        if (Neighbours == 0)
            return [];
        int count = (int)target.Size(0);
        double[] squared = PairwiseDistances.SquaredWithin(target).ToArray<double>();
        return [.. Enumerable.Range(0, count).Select(t => Enumerable.Range(0, count).Where(other => other != t).OrderBy(other => squared[(t * count) + other]).Take(Neighbours).ToArray())];
    }

    /// <summary>The assignment for these means; with neighbours, by linear programs one after another as long as the whole cost falls.</summary>
    private ClassAssignment Assign(Tensor means, Tensor target, int[] known, bool[] needed, int[][] neighbours)
    {
        using TensorScope scope = TensorScope.Begin();
        int classes = needed.Length;
        double[] distances = PairwiseDistances.Squared(target, means).ToArray<double>();
        double lambda = Rho * (distances.Max() + distances.Min());
        double[][] costs = [.. known.Select((place, t) => (double[])[.. Enumerable.Range(0, classes).Select(c => Allowed(place, c, distances[(t * classes) + c])), Allowed(place, -1, lambda)])];
        ClassAssignment best = ClassAssignment.Solve(costs, needed);
        if (neighbours.Length == 0)
            return best;
        double[] between = PairwiseDistances.SquaredWithin(means).ToArray<double>();
        double least = Whole(best.Places);
        while (true)
        {
            double[][] bent = [.. costs.Select((row, t) => row.Select((cost, c) => cost + Unlike(t, c, best.Places)).ToArray())];
            ClassAssignment next = ClassAssignment.Solve(bent, needed);
            double cost = Whole(next.Places);
            if (!(cost < least))
                return best;
            (best, least) = (next, cost);
        }

        static double Allowed(int place, int c, double cost) => place < 0 || place == c ? cost : double.PositiveInfinity;

        double Unlike(int t, int c, int[] places) => c == classes ? 0 : neighbours[t].Sum(other => places[other] == classes ? 0 : between[(c * classes) + places[other]]);

        double Whole(int[] places) => costs.Select((row, t) => row[places[t]] + Unlike(t, places[t], places)).Sum();
    }

    /// <summary>W − I for means S (rows) and what was assigned to them, and what is left of the least squares' slope, relative to its size at W = I.</summary>
    private static (Tensor Change, double Slope) Transform(Tensor means, Tensor target, int[] places)
    {
        int[] filled = [.. places.Distinct().Where(place => place < means.Size(0)).Order()];
        if (filled.Length == 0)
            return (Tensor.Zeros([means.Size(1), means.Size(1)], ScalarType.Float64), 0);
        Tensor s = means.IndexSelect(0, Tensor.From<long>([.. filled.Select(static c => (long)c)]));
        Tensor gaps = Averages(places, filled).MatMul(target) - s;
        Tensor roots = Tensor.From<double>([.. filled.Select(c => Math.Sqrt(places.Count(place => place == c)))]).Unsqueeze(1);
        Tensor weighted = s * roots, wanted = gaps * roots;
        (Tensor u, Tensor values, Tensor vt) = weighted.Svd();
        double cut = Rounding * values.Max().ToDouble();
        Tensor inverse = values.GreaterThan(cut).Where(1 / values.Clamp(low: Math.Max(cut, double.Epsilon)), values.ZerosLike());
        Tensor change = (vt.T * inverse).MatMul(u.T).MatMul(wanted);
        double first = weighted.T.MatMul(wanted).Norm().ToDouble(), left = weighted.T.MatMul(wanted - weighted.MatMul(change)).Norm().ToDouble();
        return (change, left / Math.Max(first, double.Epsilon));
    }

    /// <summary>A row a class that averages its samples: [C, n].</summary>
    private static Tensor Averages(int[] labels, int[] classes)
    {
        using TensorScope scope = TensorScope.Begin();
        double[] counts = [.. classes.Select(c => (double)labels.Count(label => label == c))];
        return scope.Keep(Tensor.From<double>([.. classes.SelectMany((c, at) => labels.Select(label => label == c ? 1 / counts[at] : 0))], classes.Length, labels.Length));
    }
}
