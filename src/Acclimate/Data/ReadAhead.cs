using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace Acclimate.Data;

/// <summary>Lets another thread work a few items ahead of whoever enumerates.</summary>
internal static class ReadAhead
{
    /// <summary>
    /// The same items, made on another thread. What goes wrong there is thrown here, in its place in the order; when the
    /// enumeration is left early, the thread has ended and what it made ahead is disposed before the loop is left.
    /// </summary>
    public static IEnumerable<T> Of<T>(IEnumerable<T> items, int ahead, CancellationToken cancellation)
        where T : class, IDisposable
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using BlockingCollection<T> made = new(ahead);
        ExceptionDispatchInfo? failure = null;
        Thread thread = new(Make) { IsBackground = true, Name = "acclimate data" };
        thread.Start();
        try
        {
            while (true)
            {
                if (!made.TryTake(out T? item, Timeout.Infinite, cancellation))
                    break;
                yield return item;
            }

            failure?.Throw();
            cancellation.ThrowIfCancellationRequested();
        }
        finally
        {
            stop.Cancel();
            thread.Join();
            while (made.TryTake(out T? left))
                left.Dispose();
        }

        void Make()
        {
            T? held = null;
            try
            {
                foreach (T item in items)
                {
                    held = item;
                    made.Add(item, stop.Token);
                    held = null;
                }
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                held?.Dispose();
            }
#pragma warning disable CA1031 // Whatever it is, it belongs to the thread that enumerates.
            catch (Exception e)
#pragma warning restore CA1031
            {
                held?.Dispose();
                failure = ExceptionDispatchInfo.Capture(e);
            }
            finally
            {
                made.CompleteAdding();
            }
        }
    }
}
