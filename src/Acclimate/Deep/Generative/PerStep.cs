namespace Acclimate.Deep.Generative;

/// <summary>
/// What the updates of one step share, such as generated samples: made when the first asks. Nothing outlives its step:
/// the next one makes its own.
/// </summary>
/// <param name="make">Makes it; what it is made of must not move between the updates that share it.</param>
internal sealed class PerStep<T>(Func<TrainingStep, T> make)
    where T : class
{
    private TrainingStep? madeFor;
    private T? made;

    public T At(TrainingStep step)
    {
        if (made is null || !ReferenceEquals(madeFor, step))
        {
            made = make(step);
            madeFor = step;
        }

        return made;
    }
}
