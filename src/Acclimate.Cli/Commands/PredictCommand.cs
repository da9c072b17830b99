using System.CommandLine;
using Acclimate.Cli.Rendering;
using Acclimate.Data;
using Acclimate.Metrics;
using Acclimate.Torch;
using Acclimate.Training;
using Acclimate.ZeroShot.Composition;

namespace Acclimate.Cli.Commands;

/// <summary>Classifies samples with a trained model.</summary>
internal sealed class PredictCommand : ExampledCommand
{
    public PredictCommand(Screen screen, CancellationToken cancellation)
        : base("predict", "Classify samples with a trained model, or tell their numbers")
    {
        Argument<string> model = new("MODEL") { Description = "A run's folder, or a model's" };
        Argument<string> input = new("INPUT") { Description = "The samples; labels that they may have are not looked at" };
        Option<string?> output = new("--out", "-o") { Description = "The CSV file to write; standard output if left out", HelpName = "FILE" };
        Option<string?> codes = new("--codes") { Description = "A CSV file for the samples' hash codes, of a model that has such (method dhn)", HelpName = "FILE" };
        Option<string?> lexicon = new("--lexicon") { Description = "Tell words instead: CSV with the columns word and units, the units being the model's classes, spaces between. INPUT's labels, or its folders, then say which sequence each frame is of", HelpName = "FILE" };
        Option<bool> json = CommandLine.Json("Write JSON: the predictions, or where they went");
        Add(model);
        Add(input);
        Add(output);
        Add(codes);
        Add(lexicon);
        Add(json);
        SetAction(parsed =>
        {
            using TransferModel opened = Models.Open(parsed.GetRequiredValue(model));
            using Domain labelled = opened.Open(parsed.GetRequiredValue(input));
            if (parsed.GetValue(lexicon) is { } words)
            {
                if (parsed.GetValue(codes) is not null)
                    throw new UsageException("--lexicon tells words of sequences and --codes writes codes of samples: one after the other");
                WriteWords(opened, labelled, words, parsed.GetValue(output), parsed.GetValue(json), screen, cancellation);
                return ExitCode.Success;
            }

            using Domain samples = labelled.Unlabelled();
            if (parsed.GetValue(codes) is { } codesFile)
                WriteCodes(opened, samples, codesFile, cancellation);
            if (opened is RegressionModel numbers)
            {
                WriteNumbers(numbers, samples, parsed.GetValue(output), parsed.GetValue(json), screen, cancellation);
                return ExitCode.Success;
            }

            Predictions found = opened.Predict(samples, cancellation);
            double confidence = found.Probabilities.Average(row => row.Max());
            string? file = parsed.GetValue(output);
            if (file is not null)
                ToFile(file, writer => PredictionTable.Write(found, samples, writer));
            if (parsed.GetValue(json))
            {
                screen.Json(AsData(found, samples, confidence, file, parsed.GetValue(codes)));
                return ExitCode.Success;
            }

            if (file is null)
            {
                PredictionTable.Write(found, samples, screen.Out);
                return ExitCode.Success;
            }

            screen.Out.WriteLine(screen.Bold($"{Numbers.Count(samples.Count)} samples classified, mean confidence {Numbers.Percent(confidence)}."));
            foreach (IGrouping<int, int> group in found.Indices.GroupBy(i => i).OrderByDescending(g => g.Count()))
                screen.Out.WriteLine($"  {found.Classes[group.Key],-20} {Numbers.Count(group.Count()),8}");
            screen.Out.WriteLine(file);
            return ExitCode.Success;
        });
    }

    public override IReadOnlyList<string> Examples =>
    [
        "acclimate predict runs/demo/dan-0 photos/new --out predictions.csv",
        "acclimate predict runs/office webcam.mat | head",
        "acclimate predict runs/office webcam.mat --json",
        "acclimate predict runs/hashed photos/new --codes codes.csv --out predictions.csv",
        "acclimate predict runs/digits 'strokes.csv?label=sequence' --lexicon words.csv",
    ];

    /// <summary>The words of sequences, by a model of their units.</summary>
    private static void WriteWords(TransferModel model, Domain frames, string lexicon, string? file, bool json, Screen screen, CancellationToken cancellation)
    {
        if (model is RegressionModel)
            throw new UsageException("--lexicon is for a model of classes, which are the words' units; this one tells numbers");
        IReadOnlyList<SequenceWord> found = SequenceWord.Of(model, frames, WordLexicon.Read(lexicon, model.Classes), cancellation);
        if (file is not null)
            ToFile(file, Write);
        if (json)
            screen.Json(new { Frames = frames.Count, Sequences = found.Count, Out = file, Words = file is not null ? null : found });
        else if (file is null)
            Write(screen.Out);
        else
            screen.Out.WriteLine($"{Numbers.Count(found.Count)} sequences of {Numbers.Count(frames.Count)} frames, {Numbers.Count(found.Count(static one => one.Word is null))} of them too short for any word.\n{file}");

        void Write(TextWriter writer)
        {
            writer.WriteLine("sequence,word");
            foreach (SequenceWord one in found)
                writer.WriteLine($"{PredictionTable.Quoted(one.Sequence)},{PredictionTable.Quoted(one.Word ?? string.Empty)}");
        }
    }

    /// <summary>The numbers of a model that gives such.</summary>
    private static void WriteNumbers(RegressionModel model, Domain samples, string? file, bool json, Screen screen, CancellationToken cancellation)
    {
        double[] values = model.Values(samples, cancellation);
        if (file is not null)
            ToFile(file, Write);
        if (json)
            screen.Json(new { Samples = samples.Count, model.Column, Out = file, Predictions = file is not null ? null : values.Select((value, i) => new { Sample = samples.Describe(i), Value = value }) });
        else if (file is null)
            Write(screen.Out);
        else
            screen.Out.WriteLine($"{Numbers.Count(samples.Count)} values of {model.Column}, {Numbers.Short(values.Average())} on the average.\n{file}");

        void Write(TextWriter writer)
        {
            writer.WriteLine($"sample,{PredictionTable.Quoted(model.Column)}");
            for (int i = 0; i < values.Length; i++)
                writer.WriteLine(FormattableString.Invariant($"{PredictionTable.Quoted(samples.Describe(i))},{values[i]:R}"));
        }
    }

    /// <summary>Each prediction, unless these went to a file; and the classes' counts.</summary>
    private static object AsData(Predictions found, Domain samples, double confidence, string? file, string? codes) => new
    {
        Samples = samples.Count,
        MeanConfidence = confidence,
        Classes = found.Indices.GroupBy(static i => i).OrderByDescending(static group => group.Count()).Select(group => new { Class = found.Classes[group.Key], Samples = group.Count() }),
        Out = file,
        Codes = codes,
        Predictions = file is not null ? null : found.Indices.Select((winner, i) => new { Sample = samples.Describe(i), Class = found.Classes[winner], Confidence = found.Probabilities[i][winner] }),
    };

    /// <summary>Each sample's hash code as zeros and ones.</summary>
    /// <exception cref="UsageException">The model has none.</exception>
    private static void WriteCodes(TransferModel model, Domain samples, string file, CancellationToken cancellation)
    {
        if (model is not NetworkModel { HasCodes: true } hashed)
            throw new UsageException($"--codes is for models that have hash codes; this one is of {model.Provenance.Method}. Train one with: --method dhn");
        BinaryCodes found = hashed.Codes(samples, cancellation);
        ToFile(file, writer =>
        {
            writer.WriteLine("sample,code");
            for (int i = 0; i < found.Count; i++)
                writer.WriteLine($"{PredictionTable.Quoted(samples.Describe(i))},{found.Text(i)}");
        });
    }

    private static void ToFile(string file, Action<StreamWriter> write) => AtomicFile.Write(file, stream =>
    {
        using StreamWriter writer = new(stream, leaveOpen: true) { NewLine = "\n" };
        write(writer);
    });
}
