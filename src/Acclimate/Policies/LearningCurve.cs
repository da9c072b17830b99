namespace Acclimate.Policies;

/// <summary>How good the policy that would be chosen for good was after an episode.</summary>
/// <param name="Steps">Steps in the environment, all episodes so far.</param>
/// <param name="Return">The mean return of episodes from fixed starts in which nothing is tried out; those steps don't count.</param>
public readonly record struct CurvePoint(long Steps, double Return);

/// <summary>What an episode after the other came to.</summary>
/// <param name="Points">A point each episode.</param>
/// <param name="Values">What it would act by for good.</param>
public sealed record LearningCurve(IReadOnlyList<CurvePoint> Points, ActionValues Values)
{
    /// <summary>The steps it took to a return that the next episode kept; none where it was not reached.</summary>
    /// <param name="wanted">The return.</param>
    public long? StepsTo(double wanted)
    {
        for (int i = 0; i + 1 < Points.Count; i++)
        {
            if (Points[i].Return >= wanted && Points[i + 1].Return >= wanted)
                return Points[i].Steps;
        }

        return null;
    }
}
