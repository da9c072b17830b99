using System.Runtime.ExceptionServices;

namespace Acclimate.Data;

/// <summary>Work on several threads whose failure is that of one thread: the error itself, not a bundle of errors.</summary>
internal static class Concurrently
{
    /// <summary>Runs a body for 0 to <paramref name="count"/> − 1 on as many threads as there are processors, two at least.</summary>
    public static void ForEach(int count, Action<int> body)
    {
        try
        {
            Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = Math.Max(2, Environment.ProcessorCount) }, body);
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
    }
}
