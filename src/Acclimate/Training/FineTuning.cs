using Acclimate.Backbones;
using Acclimate.Torch;

namespace Acclimate.Training;

/// <summary>
/// Which stages of a backbone learn, and how fast: what fine-tuning a pretrained network is made of. The classifier, a
/// bottleneck before it and an objective's own networks always learn, at the full rate.
/// </summary>
public sealed record FineTuning
{
    /// <summary>What <see cref="Freeze"/> says for all stages: the classifier alone learns, a linear probe.</summary>
    public const string All = "all";

    /// <summary>Everything learns, at one rate.</summary>
    public static FineTuning Whole { get; } = new();

    /// <summary>
    /// The front that stays as it is: up to and including a stage by its name, so many first stages, or <see cref="All"/>. None
    /// unless set. What a network learns first is the most general (Yosinski et al., NIPS 2014): pictures freeze the front.
    /// </summary>
    public string? Freeze { get; init; }

    /// <summary>
    /// The back that stays as it is: this stage and all behind it. None unless set. Where it is the input that differs, as a
    /// microphone does in audio, the front learns and the back stays.
    /// </summary>
    public string? FreezeFrom { get; init; }

    /// <summary>
    /// Whether stages join one after another, the last first, at equal shares of the run, the classifier learning alone in the first share
    /// (Howard, Ruder, ACL 2018). A frozen front stays so. Default false.
    /// </summary>
    public bool Gradual { get; init; }

    /// <summary>What the learning rate is multiplied by in the backbone's last stage; 0 to 1. Default 1.</summary>
    public double BackboneRate { get; init; } = 1;

    /// <summary>What each stage's rate is of that of the stage behind it; above 0 to 1. Howard and Ruder take 1/2.6. Default 1.</summary>
    public double LayerDecay { get; init; } = 1;

    /// <summary>How many of the backbone's first stages stay frozen throughout a run: what can be computed once for each sample.</summary>
    /// <param name="backbone">The backbone.</param>
    /// <exception cref="ArgumentException">It has no such stage.</exception>
    public int FrozenFront(Backbone backbone)
    {
        ArgumentNullException.ThrowIfNull(backbone);
        int stages = backbone.Stages.Count();
        if (Freeze is null)
            return FreezeFrom is not null && backbone.StageIndex(FreezeFrom) == 0 ? stages : 0;
        if (Freeze == All)
            return stages;
        if (!int.TryParse(Freeze, out int first))
            return backbone.StageIndex(Freeze) + 1;
        return first >= 0 && first <= stages
            ? first
            : throw new ArgumentException($"{first} stages to freeze; the backbone has {stages}: {string.Join(", ", backbone.Stages)}");
    }

    /// <summary>Faults of the options in themselves, a line each.</summary>
    internal IEnumerable<FormattableString> Faults()
    {
        if (!(BackboneRate is >= 0 and <= 1))
            yield return $"backbone rate is {BackboneRate}; expected 0 to 1";
        if (!(LayerDecay is > 0 and <= 1))
            yield return $"layer decay is {LayerDecay}; expected above 0 to 1";
        if (Freeze == All && Gradual)
            yield return $"all stages are frozen, and stages are to join one after another: only one of the two can be";
    }

    /// <summary>Freezes what stays at a point of a run, and lets go of the rest.</summary>
    /// <param name="backbone">The backbone, in training.</param>
    /// <param name="progress">How much of the run lies behind, 0 to 1.</param>
    /// <param name="all">Whether all of it stays at that point, whatever else is said.</param>
    /// <returns>Whether anything changed: the network's mode is then to be set anew.</returns>
    internal bool Apply(Backbone backbone, double progress, bool all = false)
    {
        int stages = backbone.Stages.Count(), front = FrozenFront(backbone);
        int back = FreezeFrom is null ? stages : backbone.StageIndex(FreezeFrom);
        if (Gradual)
            front = Math.Max(front, stages - (int)(progress * (stages + 1)));
        bool changed = false;
        for (int i = 0; i < stages; i++)
        {
            bool frozen = all || i < front || i >= back;
            foreach ((_, Module module) in backbone.StageModules(i))
            {
                if (module.IsFrozen == frozen)
                    continue;
                changed = true;
                if (frozen)
                    module.Freeze();
                else
                    module.Unfreeze();
            }
        }

        return changed;
    }

    /// <summary>What the learning rate is multiplied by for a parameter of the backbone.</summary>
    /// <param name="backbone">The backbone.</param>
    /// <param name="front">A further factor of its first stage, from which it rises by even ratios to 1 at the classifier.</param>
    internal IReadOnlyDictionary<Tensor, double> Rates(Backbone backbone, double front = 1)
    {
        Dictionary<Tensor, double> rates = new(ReferenceEqualityComparer.Instance);
        int stages = backbone.Stages.Count();
        foreach ((string name, Tensor parameter) in backbone.NamedParameters())
        {
            int behind = stages - 1 - backbone.StageOf(name);
            rates[parameter] = BackboneRate * Math.Pow(LayerDecay, behind) * Math.Pow(front, (behind + 1.0) / stages);
        }

        return rates;
    }
}
