namespace Acclimate.Cli.Rendering;

/// <summary>Progress told at once, on the thread that makes it: lines must not come after the result.</summary>
internal sealed class Told(Action<int> report) : IProgress<int>
{
    public void Report(int value) => report(value);
}
