using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using System.Text.Json;
using Acclimate.Torch;

namespace Acclimate.Benchmarks;

/// <summary>What is kept of one measurement.</summary>
public interface IBenchmarkCell
{
    /// <summary>Everything that it depends on.</summary>
    string Key { get; }
}

/// <summary>A measurement that is to be made.</summary>
/// <param name="Key">Everything that it depends on.</param>
/// <param name="File">Where it is kept; nowhere where none.</param>
/// <param name="Measure">Makes it.</param>
internal sealed record CellPlace<TCell>(string Key, string? File, Func<CancellationToken, TCell> Measure)
    where TCell : class, IBenchmarkCell;

/// <summary>
/// Makes measurements, several at a time where that is asked for, and keeps each in a file with all that it depends on: one that is
/// there is not made again until its key is another.
/// </summary>
internal static class CellRunner
{
    /// <summary>Makes those of this share that are not there.</summary>
    /// <param name="places">All measurements.</param>
    /// <param name="options">Which share, how many at a time, and whether again.</param>
    /// <param name="heard">Hears of each that is this share's, one at a time: which, all that are there by now, and how many are done of how many.</param>
    /// <returns>A measurement for each place, none where it is another share's and not there.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static TCell?[] Run<TCell>(IReadOnlyList<CellPlace<TCell>> places, BenchmarkOptions options, Action<int, TCell?[], int, int> heard)
        where TCell : class, IBenchmarkCell
    {
        int[] mine = [.. Enumerable.Range(0, places.Count).Where(i => IsInShare(i, options))];
        TCell?[] cells = [.. places.Select((place, i) => options.Again && IsInShare(i, options) ? null : Kept(place))];
        Lock gate = new();
        int done = 0, threads = Engine.Threads;
        try
        {
            // Without buffering, the cells are begun in their order.
            if (options.Parallel is > 1 and int several)
                Parallel.ForEach(Partitioner.Create(mine, EnumerablePartitionerOptions.NoBuffering), new ParallelOptions { MaxDegreeOfParallelism = several, CancellationToken = options.Cancellation }, Do);
            else
                Array.ForEach(mine, Do);
        }
        catch (AggregateException e)
        {
            options.Cancellation.ThrowIfCancellationRequested();
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
        finally
        {
            Engine.Threads = threads;
        }

        return cells;

        void Do(int i)
        {
            options.Cancellation.ThrowIfCancellationRequested();
            TCell cell = cells[i] ?? Keep(places[i], places[i].Measure(options.Cancellation));
            lock (gate)
            {
                cells[i] = cell;
                heard(i, cells, ++done, mine.Length);
            }
        }
    }

    /// <summary>Whether a cell is this share's. The shares are equal, and each has its part of every task however many there are.</summary>
    internal static bool IsInShare(int cell, BenchmarkOptions options) =>
        (cell + (cell / options.Shares)) % options.Shares == options.Share - 1;

    /// <summary>Where a measurement of that name is kept; none where nothing is.</summary>
    internal static string? FileOf(BenchmarkOptions options, string name) => options.Folder is null ? null : Path.Combine(options.Folder, "cells", name + ".json");

    private static TCell? Kept<TCell>(CellPlace<TCell> place)
        where TCell : class, IBenchmarkCell
    {
        if (place.File is null || !File.Exists(place.File))
            return null;
        try
        {
            TCell? cell = JsonSerializer.Deserialize<TCell>(File.ReadAllText(place.File), BenchmarkCell.Json);
            return cell?.Key == place.Key ? cell : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static TCell Keep<TCell>(CellPlace<TCell> place, TCell cell)
        where TCell : class, IBenchmarkCell
    {
        if (place.File is not null)
            AtomicFile.Write(place.File, stream => JsonSerializer.Serialize(stream, cell, BenchmarkCell.Json));
        return cell;
    }
}
