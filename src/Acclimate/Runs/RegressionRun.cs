using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Acclimate.Data;
using Acclimate.Data.Readers;
using Acclimate.Features;
using Acclimate.Metrics;
using Acclimate.Regression;
using Acclimate.Torch;
using Acclimate.Training;

namespace Acclimate.Runs;

/// <summary>What a transfer of numbers is made of.</summary>
/// <param name="Source">The table with numbers, as <see cref="Domain.Open"/> reads it: CSV, TSV or JSON lines.</param>
/// <param name="Target">The target's table. Numbers that it may have are for scoring only.</param>
/// <param name="Column">The column that holds the numbers.</param>
/// <param name="Method">One of <see cref="RegressionTransfer.Methods"/>.</param>
public sealed record RegressionConfig(string Source, string Target, string Column, string Method)
{
    /// <summary>The method's options that are not left at their defaults.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();

    /// <summary>What learns the numbers, as <see cref="RegressorCatalog.Parse"/> reads it; none is ridge, or the network of a method that trains one.</summary>
    public string? Regressor { get; init; }

    /// <summary>Training steps of a method that trains a network; none is the trainer's default. Another method takes none.</summary>
    public long? Steps { get; init; }

    /// <summary>
    /// What is done to samples before, as <see cref="PreprocessingRecipe.Parse"/> reads it. By default both domains are standardised by the source: brought each to mean 0, they would have lost
    /// the shift that weights are to undo.
    /// </summary>
    public string Preprocess { get; init; } = "zscore-source";

    /// <summary>A few samples of the target's domain with numbers, for a method that learns from such.</summary>
    public string? TargetLabelled { get; init; }

    /// <summary>Samples of the target's domain with numbers, for scoring only; none scores on the target's own, if it has any.</summary>
    public string? Test { get; init; }

    /// <summary>Where every random choice starts from.</summary>
    public long Seed { get; init; }
}

/// <summary>What a transfer of numbers came to, kept as <c>result.json</c>.</summary>
/// <param name="Config">What it is made of.</param>
/// <param name="Honest">The score; none where no numbers were given for scoring.</param>
/// <param name="SourceOnly">The score of the source's own model, the same regressor without transfer, beside it.</param>
/// <param name="Certificate">What the fit can show for itself.</param>
/// <param name="SourceSamples">n_s.</param>
/// <param name="TargetSamples">n_t.</param>
/// <param name="Seconds">Seconds that the fit took.</param>
public sealed record RegressionResult(
    RegressionConfig Config, RegressionScore? Honest, RegressionScore? SourceOnly, Certificate Certificate, int SourceSamples, int TargetSamples, double Seconds)
{
    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>What the figures rest on, in words.</summary>
    public string Protocol { get; init; } = "no target number was used in choosing; those given for scoring were used for scoring only";

    /// <summary>Writes the result.</summary>
    /// <param name="path">The file; replaced as a whole.</param>
    public void Save(string path) => AtomicFile.Write(path, stream => JsonSerializer.Serialize(stream, this, Json));
}

/// <summary>One transfer of numbers from tables to figures, its model saved.</summary>
public static class RegressionRun
{
    /// <summary>Runs.</summary>
    /// <param name="config">What.</param>
    /// <param name="folder">Where the model and the result go.</param>
    /// <param name="progress">Hears of the steps of a network's training, the source's own beside it included.</param>
    /// <param name="cancellation">Stops between two rounds, or steps.</param>
    /// <exception cref="ArgumentException">A name or an option is not known, out of range, or of no use to the method.</exception>
    /// <exception cref="DataException">A table can't be read, a number is none, or the tables don't fit each other.</exception>
    /// <exception cref="IOException">The folder holds a run, or can't be written.</exception>
    public static RegressionResult Start(RegressionConfig config, RunFolder folder, Action<RunProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(folder);
        RegressionTransfer.Validate(config.Method, config.Options, config.TargetLabelled is not null, config.Regressor is not null);
        bool network = RegressionTransfer.TrainsNetwork(config.Method);
        if (config.Steps is not null && !network)
            throw new ArgumentException($"{config.Method} trains no network: leave --steps out");
        TrainerOptions training = new() { Steps = config.Steps ?? new TrainerOptions().Steps };
        training.Validate();
        Regressor? regressor = config.Regressor is null ? null : RegressorCatalog.Parse(config.Regressor);
        PreprocessingRecipe recipe = PreprocessingRecipe.Parse(config.Preprocess);
        if (File.Exists(folder.Result) || File.Exists(folder.Config))
            throw new IOException($"{folder.Path} holds a run already: give another folder");

        using TensorScope scope = TensorScope.Begin();
        using Domain source = Open(config.Source, config.Column, null);
        DomainOptions like = new() { Encoder = source.Encoder, FeatureCount = (int)source.SampleShape[0] };
        using Domain target = OpenTarget(config.Target, config.Column, like);
        using Domain? few = config.TargetLabelled is null ? null : Open(config.TargetLabelled, config.Column, like);
        using Domain? test = config.Test is null ? null : Open(config.Test, config.Column, like);
        DomainPair.Check(source, target);
        RequireDifference(source);
        double[]? known = target.IsLabelled ? Numbers(target, config.Column) : null;
        int[] numbered = [.. Enumerable.Range(0, known?.Length ?? 0).Where(row => double.IsFinite(known![row]))];
        using Domain? own = numbered.Length > 0 ? target.Take(numbered) : null;
        (Preprocessing ofSource, Preprocessing ofTarget) = recipe.Fit(source, target);
        RegressionData data = new(
            FeatureData.Rows(source, ofSource), Numbers(source, config.Column), FeatureData.Rows(target, ofTarget),
            few is null ? null : FeatureData.Rows(few, ofTarget), few is null ? null : Numbers(few, config.Column));
        long start = Stopwatch.GetTimestamp();
        FittedRegression fitted = Fit(config.Method, config.Options, data);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        using RegressionModel model = new(
            [.. source.SampleShape], new DomainSide(ofTarget, fitted.Target), fitted.Regressor, config.Column,
            new Provenance(config.Method, config.Options, config.Source, config.Target, config.Seed, 0, AcclimateVersion.Text, Engine.Version) { Preprocess = config.Preprocess }, source.Encoder);
        try
        {
            Domain? scored = test ?? own;
            double[]? truth = scored is null ? null : Numbers(scored, config.Column);
            RegressionScore? honest = scored is null ? null : RegressionScore.Of(model.Values(scored, cancellation), truth!, config.Seed);
            RegressionScore? plain = scored is null ? null : SourceOnly(FeatureData.Rows(scored, ofTarget), truth!);
            RegressionResult result = new(config, honest, plain, fitted.Certificate, source.Count, target.Count, seconds);
            if (config.TargetLabelled is not null)
                result = result with { Protocol = "learnt from the few target numbers that were given for it; those given for scoring were used for scoring only" };
            if (test is null && own is not null && own.Count < target.Count)
                result = result with { Protocol = $"{result.Protocol}; adapted to all {target.Count} target samples, and scored on the {own.Count} that have a number" };
            model.Save(folder.Model);
            result.Save(folder.Result);
            return result;
        }
        finally
        {
            foreach (Tensor tensor in fitted.Source.Tensors)
                tensor.Dispose();
        }

        RegressionScore SourceOnly(Tensor samples, double[] truth)
        {
            using FittedRegression plain = Fit(network ? "source-only" : "no-adaptation", new Dictionary<string, string>(), data with { Few = null, FewValues = null });
            return RegressionScore.Of(plain.Predict(samples), truth, config.Seed);
        }

        FittedRegression Fit(string method, IReadOnlyDictionary<string, string> options, RegressionData from) => RegressionTransfer.Fit(
            method, options, regressor, from, config.Seed, training, step => progress?.Invoke(new RunProgress("training", step) { Of = method }), cancellation);
    }

    /// <summary>A table whose label is the column of numbers.</summary>
    private static Domain Open(string source, string column, DomainOptions? options)
    {
        Domain domain = Domain.Open(Labelled(source, column), options);
        if (domain.IsLabelled && domain.SampleShape.Count == 1)
            return domain;
        domain.Dispose();
        throw new DataException($"{source}: expected a table with rows of features and a column '{column}' of numbers");
    }

    /// <summary>Refuses a source of which nothing can be learnt.</summary>
    private static void RequireDifference(Domain source)
    {
        if (source.Count < 2)
            throw new DataException($"{source.Name} has 1 sample: how numbers follow from features can't be learnt from fewer than two");
        using TensorScope scope = TensorScope.Begin();
        Tensor rows = FeatureData.Rows(source, Preprocessing.None);
        if (!rows.Max(0).GreaterThan(rows.Min(0)).Any())
            throw new DataException($"{source.Name}: all {source.Count} samples have the same features; how numbers follow from features can't be learnt from them");
    }

    /// <summary>The target's table, with or without that column, which may be empty in some rows.</summary>
    private static Domain OpenTarget(string source, string column, DomainOptions options)
    {
        try
        {
            return Open(source, column, options with { EmptyLabels = true });
        }
        catch (DataException e) when (e.Message.Contains($"label={column}: no such column", StringComparison.Ordinal))
        {
            return Domain.Open(Labelled(source, "none"), options);
        }
    }

    private static string Labelled(string source, string column)
    {
        if (SourceString.Parse(source).Get("label") is { } said)
            throw new DataException($"'{source}': label={said} and the target column say two things: leave label out");
        return $"{source}{(SourceString.Parse(source).Path == source ? '?' : '&')}label={Uri.EscapeDataString(column)}";
    }

    /// <summary>The numbers that a table's column holds; NaN in a row where it is empty, which only a target's may be.</summary>
    private static double[] Numbers(Domain domain, string column)
    {
        IReadOnlyList<string> texts = domain.Labels!.Classes;
        double[] known = [.. texts.Select(static text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : double.NaN)];
        int wrong = Array.FindIndex([.. texts.Zip(known)], static one => one.First.Length > 0 && !double.IsFinite(one.Second));
        return wrong < 0
            ? [.. domain.Labels.Indices.Select(at => known[at])]
            : throw new DataException($"{domain.Name}: column '{column}' holds '{texts[wrong]}', which is no finite number");
    }
}
