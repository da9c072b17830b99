using System.Globalization;
using Acclimate.Catalog;
using Acclimate.Torch;

namespace Acclimate.Runs;

/// <summary>What is tried when every method was tried at its defaults: options drawn from their search ranges.</summary>
internal static class AutoRefinement
{
    /// <summary>Of how many methods: the checks can hardly tell more apart.</summary>
    private const int Refined = 3;

    private const long DrawOptions = 9401;

    /// <summary>Options by chance for the methods that most checks prefer, in turns; the first tried of equals first.</summary>
    /// <param name="trials">What was tried.</param>
    /// <param name="draws">How often options are drawn of each method.</param>
    /// <param name="seed">The run's.</param>
    public static IEnumerable<AutoAttempt> Of(IReadOnlyList<AutoTrial> trials, int draws, long seed)
    {
        AutoTrial[] best = [.. trials.Where(static trial => trial.IsJudged && MethodCatalog.Find(trial.Method).Options.Any(static option => option.Range is not null))
            .OrderByDescending(static trial => trial.Preferring).Take(Refined)];
        HashSet<string> seen = [];
        for (int draw = 1; draw <= draws; draw++)
        {
            foreach (AutoTrial trial in best)
            {
                MethodEntry method = MethodCatalog.Find(trial.Method);
                using Generator generator = new(Generator.Derive(seed, [DrawOptions, draw, .. trial.Method.Select(static letter => (long)letter)]));
                Dictionary<string, string> options = method.Draw(generator).ToDictionary();

                // Of few choices, some are drawn again.
                if (!seen.Add($"{trial.Method} {string.Join(' ', options)}"))
                    continue;
                yield return new AutoAttempt(
                    string.Create(CultureInfo.InvariantCulture, $"{trial.Method}-draw-{draw}"), trial.Method, trial.Family, options,
                    $"drawn from its search ranges: {trial.Preferring} checks prefer its defaults");
            }
        }
    }
}
