using Acclimate.Classifiers;
using Acclimate.Features;
using Acclimate.Torch;
using Acclimate.Training;

namespace Acclimate.Selection.Guard;

/// <summary>
/// Some twenty ways of labelling one target, fitted: self-training, label propagation, JDA and BDA, and the source's own classifiers,
/// each family with logistic regression and with 1-NN among its bases. No target label is there to be seen.
/// </summary>
/// <remarks>
/// Pools are for up to <see cref="MostSamples"/> samples a domain and <see cref="MostFeatures"/> features, beyond which the pairwise
/// distances and eigenproblems in it take long: <see cref="PoolSamples"/> brings a pair down to that. It owns its tensors: dispose it.
/// </remarks>
public sealed class GuardPool : IDisposable
{
    /// <summary>The samples of a domain from which on some stand for all.</summary>
    public const int MostSamples = 3000;

    /// <summary>The features from which on principal components stand for them.</summary>
    public const int MostFeatures = 1000;

    /// <summary>The part of the source that is held out where members are to be fitted without it: every third sample.</summary>
    private const int HeldOutOf = 3;

    private readonly List<PairSpaces> spaces = [];
    private Classifiers.FittedClassifier? defaultClassifier;

    private GuardPool(LabelFreePair pair, SourceChoice choice)
    {
        Pair = pair;
        Choice = choice;
    }

    /// <summary>How many members it has, unless some can't be fitted.</summary>
    public static int Size => PoolFamilies.Members.Count;

    /// <summary>What it was fitted on.</summary>
    public LabelFreePair Pair { get; }

    /// <summary>The classifier that the source picked.</summary>
    public SourceChoice Choice { get; }

    /// <summary>The members, with what they say of the target; further samples of the target can be asked of all, and all can be fitted anew.</summary>
    public IReadOnlyList<Candidate> Candidates { get; private set; } = [];

    /// <summary>What was left out of it, and why.</summary>
    public IReadOnlyList<string> Notes { get; private set; } = [];

    /// <summary>The source's own model.</summary>
    public Candidate Source => Candidates.First(member => member.Name == PoolFamilies.NameOf(Choice.Base));

    /// <summary>The good default: self-training from the source's own model, with each domain standardised by itself, or by CORAL where that model is 1-NN.</summary>
    public Candidate Default => Candidates.First(member => member.Name == PoolFamilies.DefaultOf(Choice.Base));

    /// <summary>Fits the pool.</summary>
    /// <param name="pair">The samples and the source's labels, which must outlive the pool; two classes of the source at least have samples.</param>
    /// <param name="context">Seed, progress (a round is a member) and cancellation.</param>
    /// <param name="heldOut">Whether each member is fitted a second time without a third of the source, for validators that need it; the source's own model knows its held-out samples in any case.</param>
    /// <exception cref="ArgumentException">The source has samples of one class only.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static GuardPool Fit(LabelFreePair pair, FitContext? context = null, bool heldOut = false)
    {
        ArgumentNullException.ThrowIfNull(pair);
        if (pair.SourceLabels.Distinct().Count() < 2)
            throw new ArgumentException("the source has samples of one class only; a choice needs two", nameof(pair));
        context ??= new FitContext();
        using NoGrad noGrad = NoGrad.Begin();
        using TensorScope scope = TensorScope.Begin();
        (SourceChoice choice, double standardisedC) = Choose(pair, context);
        GuardPool pool = new(pair, choice);
        try
        {
            pool.FitMembers(new PoolChoice(choice.Base, choice.C, standardisedC), context, heldOut);
            return pool;
        }
        catch
        {
            pool.Dispose();
            throw;
        }
    }

    /// <summary>The source's own classifier, of samples as the pair has them; to be disposed.</summary>
    internal Classifiers.FittedClassifier SourceClassifier() =>
        HedgeStudent.Rescaled(spaces[0].Classifier(spaces[0].Original, Choice.Base), PairSpaces.ScaleOf(Pair.Source));

    /// <summary>The default's classifier, of target samples as the pair has them; to be disposed.</summary>
    internal Classifiers.FittedClassifier DefaultClassifier() => Choice.Base == SourceBase.Neighbour
        ? HedgeStudent.Rescaled(defaultClassifier!, PairSpaces.ScaleOf(Pair.Source))
        : spaces[0].OfOriginalTarget(defaultClassifier!);

    /// <inheritdoc/>
    public void Dispose()
    {
        spaces.ForEach(static one => one.Dispose());
        Choice.Dispose();
    }

    private static (SourceChoice Choice, double StandardisedC) Choose(LabelFreePair pair, FitContext context)
    {
        int[] labels = [.. pair.SourceLabels];
        double f = PairSpaces.ScaleOf(pair.Source);
        SourceChoice choice = SourceChoice.Of(pair.Source * f, labels, pair.Classes, context);
        using PairSpaces plain = new(pair, new PoolChoice(choice.Base, choice.C, choice.C), context);
        return (choice, SourceChoice.BestC(plain.Standardised.Source, labels, pair.Classes, context));
    }

    private void FitMembers(PoolChoice choice, FitContext context, bool heldOut)
    {
        PairSpaces all = new(Pair, choice, context);
        spaces.Add(all);
        (PairSpaces Without, int[] Rows)? rest = heldOut ? Without(choice, context) : null;
        List<Candidate> candidates = [];
        List<string> notes = [];
        int done = 0;
        foreach (PoolMember member in PoolFamilies.Members)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            using TensorScope scope = TensorScope.Begin();
            bool needed = member.Name == PoolFamilies.DefaultOf(choice.Base) || member.Name == PoolFamilies.NameOf(choice.Base);
            try
            {
                candidates.Add(CandidateOf(member, all, rest, choice, context));
            }
            catch (Exception e) when (!needed && e is TorchException or ArgumentException)
            {
                // An eigenproblem or a factorisation that fails, or comes to no numbers, takes one voice out of twenty away.
                notes.Add($"{member.Name} is left out: {(e is NotFiniteException ? "on these samples it comes to values that are no finite numbers" : e.Message)}");
            }
            catch (NotFiniteException e)
            {
                throw new TrainingException($"the harm guard can't judge on these samples: {member.Name}, which it rests on, comes to values that are no finite numbers.\n  Try: --no-guard, which returns the bare method", e);
            }

            context.Report(++done, PoolFamilies.Members.Count);
        }

        Candidates = candidates;
        Notes = notes;
    }

    private Candidate CandidateOf(PoolMember member, PairSpaces all, (PairSpaces Without, int[] Rows)? rest, PoolChoice choice, FitContext context)
    {
        MemberFit fit = member.Fit(all);
        if (!fit.Target.IsFinite().All())
            throw new NotFiniteException();
        if (member.Name == PoolFamilies.DefaultOf(choice.Base))
            defaultClassifier = fit.Classifier;
        bool isSource = member.Name == PoolFamilies.NameOf(choice.Base);
        return new Candidate(member.Name, member.Family, fit.Target)
        {
            SourceFeatures = fit.SourceFeatures,
            TargetFeatures = fit.TargetFeatures,
            Predict = fit.OfTarget,
            Refit = pair => Refit(member, pair, choice, context),
            HeldOut = isSource ? Choice.HeldOut : rest is var (without, rows) ? HoldOut(member, without, rows) : null,
        };
    }

    private static Tensor Refit(PoolMember member, LabelFreePair pair, PoolChoice choice, FitContext context)
    {
        using NoGrad noGrad = NoGrad.Begin();
        using TensorScope scope = TensorScope.Begin();
        using PairSpaces anew = new(pair, choice, context);
        return scope.Keep(member.Fit(anew).Target.Clone());
    }

    /// <summary>The pair without every third source sample of each class.</summary>
    private (PairSpaces Without, int[] Rows) Without(PoolChoice choice, FitContext context)
    {
        Dictionary<int, int> seen = [];
        int[] rows = [.. Enumerable.Range(0, Pair.SourceLabels.Count).Where(i =>
        {
            int before = seen.GetValueOrDefault(Pair.SourceLabels[i]);
            seen[Pair.SourceLabels[i]] = before + 1;
            return before % HeldOutOf == HeldOutOf - 1;
        })];
        HashSet<int> held = [.. rows];
        long[] kept = [.. Enumerable.Range(0, Pair.SourceLabels.Count).Where(i => !held.Contains(i)).Select(static i => (long)i)];
        Tensor source = Pair.Source.IndexSelect(0, Tensor.From(kept));
        PairSpaces without = new(new LabelFreePair(source, [.. kept.Select(i => Pair.SourceLabels[(int)i])], Pair.Classes, Pair.Target), choice, context);
        without.Own(source);
        spaces.Add(without);
        return (without, rows);
    }

    private HeldOutSource? HoldOut(PoolMember member, PairSpaces without, int[] rows)
    {
        if (rows.Length == 0)
            return null;
        MemberFit fit = member.Fit(without);
        Tensor samples = Pair.Source.IndexSelect(0, Tensor.From(Array.ConvertAll(rows, static row => (long)row)));
        return new HeldOutSource(rows, without.Own(fit.OfSource(samples)));
    }
}
