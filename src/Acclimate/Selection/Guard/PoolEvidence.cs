using Acclimate.Features;
using Acclimate.Torch;

namespace Acclimate.Selection.Guard;

/// <summary>
/// All that a rule may go by: the pool's members by name and family, what label-free checks say of some of them, and how far the
/// target's class shares seem to be from the source's. Plain numbers, so that rules can be tried and calibrated on kept ones.
/// </summary>
/// <param name="Names">The candidates' names, one of a kind.</param>
/// <param name="Families">Their families.</param>
/// <param name="Source">Which is the source's own model.</param>
/// <param name="Default">Which is the good default.</param>
/// <param name="Method">Which is the method that the user asked for; none where none was.</param>
/// <param name="Evidence">By validator, what it says of each candidate; NaN where it was not asked, or can't say.</param>
/// <param name="LabelShift">The total variation between class shares that all estimates see at least, 0 to 1.</param>
public sealed record PoolEvidence(
    IReadOnlyList<string> Names, IReadOnlyList<string> Families, int Source, int Default, int? Method,
    IReadOnlyDictionary<string, IReadOnlyList<double>> Evidence, double LabelShift)
{
    /// <summary>By how much a check must be better to prefer a candidate: rounding decides nothing.</summary>
    public const double Margin = 1e-9;

    /// <summary>The checks that prefer a candidate to the source's own model, by more than rounding.</summary>
    /// <param name="candidate">Which.</param>
    /// <param name="validators">The checks that count.</param>
    /// <returns>How many.</returns>
    public int Preferring(int candidate, IEnumerable<string> validators) =>
        validators.Count(name => Evidence.TryGetValue(name, out IReadOnlyList<double>? said) && said[candidate] > said[Source] + Margin);

    /// <summary>Asks validators of a pool.</summary>
    /// <param name="pool">The pool.</param>
    /// <param name="validators">The checks' names in the <see cref="ValidatorCatalog"/>.</param>
    /// <param name="method">The candidate that the user asked for, beside the pool.</param>
    /// <param name="everyone">Whether all candidates are judged, or only the source's own model, the default and the method.</param>
    /// <param name="context">Seed, progress (a round is a check of one candidate) and cancellation.</param>
    /// <exception cref="ArgumentException">There is no such validator.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static PoolEvidence Of(GuardPool pool, IReadOnlyList<string> validators, Candidate? method = null, bool everyone = false, FitContext? context = null)
    {
        ArgumentNullException.ThrowIfNull(pool);
        ArgumentNullException.ThrowIfNull(validators);
        context ??= new FitContext();
        using NoGrad noGrad = NoGrad.Begin();
        using TensorScope scope = TensorScope.Begin();
        List<Candidate> all = [.. pool.Candidates];
        if (method is not null)
            all.Add(method);
        bool[] judged = [.. all.Select(one => everyone || one == pool.Source || one == pool.Default || one == method)];
        Dictionary<string, IReadOnlyList<double>> evidence = [];
        int done = 0, total = validators.Count * judged.Count(static yes => yes);
        foreach (string name in validators)
        {
            Validator validator = ValidatorCatalog.Find(name).Create();
            double[] said = new double[all.Count];
            for (int i = 0; i < all.Count; i++)
            {
                said[i] = judged[i] ? validator.Score(pool.Pair, all[i], pool.Candidates) : double.NaN;
                if (judged[i])
                    context.Report(++done, total);
            }

            evidence[name] = said;
        }

        LabelShift shift = Selection.LabelShift.Estimate(pool.Pair, pool.Choice.HeldOut, pool.Source.Target, context.Seed);
        return new PoolEvidence(
            [.. all.Select(static one => one.Name)], [.. all.Select(static one => one.Family)], all.IndexOf(pool.Source), all.IndexOf(pool.Default),
            method is null ? null : all.Count - 1, evidence, shift.Agreed)
        {
            Shares = shift.Soft.Shares,
            SharesAtOdds = shift.IsAtOddsWith(Selection.LabelShift.Shares(pool.Default.Target.ArgMax(1).ToArray<long>().Select(static label => (int)label), pool.Pair.Classes)),
        };
    }

    /// <summary>The same with one more candidate beside the pool, which was judged apart.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="family">What it has in common with others.</param>
    /// <param name="said">What each check says of it; NaN where it can't.</param>
    /// <exception cref="ArgumentException">There is a candidate of that name.</exception>
    public PoolEvidence With(string name, string family, Func<string, double> said)
    {
        ArgumentNullException.ThrowIfNull(said);
        if (Names.Contains(name))
            throw new ArgumentException($"there is a candidate '{name}' already", nameof(name));
        return this with
        {
            Names = [.. Names, name],
            Families = [.. Families, family],
            Evidence = Evidence.ToDictionary(static one => one.Key, one => (IReadOnlyList<double>)[.. one.Value, said(one.Key)]),
        };
    }

    /// <summary>Whether the class shares that the default finds in the target are at odds with those that the source's own model tells of (<see cref="Selection.LabelShift.IsAtOddsWith"/>).</summary>
    public bool SharesAtOdds { get; init; }

    /// <summary>The target's class shares as estimated from the source's own model; empty where nobody asked.</summary>
    public IReadOnlyList<double> Shares { get; init; } = [];
}
