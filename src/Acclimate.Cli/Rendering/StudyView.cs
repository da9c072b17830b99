using System.Globalization;
using Acclimate.Benchmarks;
using Acclimate.Benchmarks.Studies;

namespace Acclimate.Cli.Rendering;

/// <summary>Runs and shows a study.</summary>
internal static class StudyView
{
    private const int NameWidth = 24;
    private const int FigureWidth = 16;

    /// <summary>Measures what is asked for, and shows it.</summary>
    /// <param name="screen">Where to.</param>
    /// <param name="study">The study.</param>
    /// <param name="rows">Rows; all where none is named.</param>
    /// <param name="seeds">Seeds; the study's own where none is named.</param>
    /// <param name="options">How.</param>
    /// <param name="json">Whether figures go to another program.</param>
    /// <exception cref="ArgumentException">A name is not known.</exception>
    public static int Run(Screen screen, Study study, IReadOnlyList<string> rows, IReadOnlyList<long> seeds, BenchmarkOptions options, bool json)
    {
        IReadOnlyList<StudyCell> cells;
        try
        {
            using BenchmarkData data = new();
            using ProgressLine line = new(screen, study.Name, toError: json);
            cells = StudyRunner.Run(study, rows, seeds, data, options, (cell, done, all) => line.Report(done, all, $"{cell.Row}, seed {cell.Seed}", "cells"));
        }
        catch (OperationCanceledException)
        {
            screen.Error.WriteLine($"What is done is kept in {options.Folder}: the same command goes on from there.");
            throw;
        }

        (string csv, string markdown) = StudyTables.Save(study, cells, options.Folder!);
        if (json)
            screen.Json(AsData(study, cells));
        else
            Write(study, cells, screen, csv, markdown);
        return ExitCode.Success;
    }

    private static object AsData(Study study, IReadOnlyList<StudyCell> cells) => new
    {
        Study = study.Name,
        study.Protocol,
        study.Figures,
        Rows = Measured(study, cells).Select(row => new
        {
            row.Name,
            row.About,
            Means = study.Figures.Select((_, i) => StudyRunner.Figure(cells, row.Name, i)?.Mean),
            Deviations = study.Figures.Select((_, i) => StudyRunner.Figure(cells, row.Name, i)?.Deviation),
            Cells = cells.Where(cell => cell.Row == row.Name).Select(static cell => new { cell.Seed, cell.Values, cell.Seconds, cell.Failure }),
        }),
    };

    private static void Write(Study study, IReadOnlyList<StudyCell> cells, Screen screen, string csv, string markdown)
    {
        screen.Out.WriteLine(screen.Bold(study.Title));
        Prose.Hang(screen.Out, string.Empty, study.Protocol);
        screen.Out.WriteLine();
        screen.Out.WriteLine($"{"Row",-NameWidth}{string.Concat(study.Figures.Select(static name => $"{name,FigureWidth}"))}{"seconds",9}");
        foreach (StudyRow row in Measured(study, cells))
        {
            string figures = string.Concat(study.Figures.Select((_, i) => $"{StudyRunner.Figure(cells, row.Name, i)?.ToString() ?? "–",FigureWidth}"));
            double seconds = cells.Where(cell => cell.Row == row.Name).Average(static cell => cell.Seconds);
            screen.Out.WriteLine($"{row.Name,-NameWidth}{figures}{seconds.ToString("0.0", CultureInfo.InvariantCulture),9}");
        }

        foreach (StudyCell failed in cells.Where(static cell => cell.Failure is not null))
            screen.Out.WriteLine($"  failed: {failed.Row}, seed {failed.Seed}: {failed.Failure}");
        screen.Out.WriteLine();
        screen.Out.WriteLine($"Every measurement: {markdown} and {csv}");
    }

    private static IEnumerable<StudyRow> Measured(Study study, IReadOnlyList<StudyCell> cells) => study.Rows.Where(row => cells.Any(cell => cell.Row == row.Name));
}
