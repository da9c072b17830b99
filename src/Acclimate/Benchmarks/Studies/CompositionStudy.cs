using Acclimate.Classifiers;
using Acclimate.Data;
using Acclimate.Features;
using Acclimate.Generated;
using Acclimate.Torch;
using Acclimate.ZeroShot.Composition;

namespace Acclimate.Benchmarks.Studies;

/// <summary>Words of handwritten digits: each digit lasts for one to three pictures of it, by other hands, and no test word occurs in training.</summary>
public sealed class CompositionStudy : Study
{
    private const string File = "mnist_usps_jda/MNIST_vs_USPS.mat?samples=columns&features=X_src&labels=Y_src";
    private const int Units = 10;
    private const int Longest = 3;
    private const int TrainingWords = 100;
    private const int TestWords = 200;

    /// <inheritdoc/>
    public override string Name => "composition";

    /// <inheritdoc/>
    public override string Title => "Words of three MNIST digits, recognised though no test word ever occurred in training";

    /// <inheritdoc/>
    public override string Protocol =>
        "A word is three digits, no two alike side by side; each lasts for one to three frames, and a frame is another picture (16 × 16) of it: nobody says where a digit ends. Half of the pictures make 100 training words, whose frames teach a classifier of digits; the other half make 200 "
        + "other words, one sequence each. Words and frames that are right, in percent.";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Figures { get; } = ["words", "frames"];

    /// <inheritdoc/>
    public override IReadOnlyList<StudyRow> Rows { get; } =
    [
        new("whole-words", "the training words as a lexicon: what a classifier of words could say (none is right)"),
        new("frames-alone", "each frame's digit by itself, repeats taken together"),
        new("lexicon-200", "Viterbi over a lexicon of the 200 test words"),
        new("lexicon-810", "Viterbi over a lexicon of all 810 words, training words among them"),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Files { get; } = [File];

    /// <inheritdoc/>
    public override double[] Measure(StudyRow row, long seed, BenchmarkData data, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(row);
        ArgumentNullException.ThrowIfNull(data);
        Domain digits = data.Open(File);
        Tensor x = FeatureData.Rows(digits, Preprocessing.None);
        int[] labels = digits.Labels!.Indices;
        RandomStream random = new(seed, 810);
        int[][] words = [.. Enumerable.Range(0, Units * Units * Units).Select(static n => (int[])[n / 100, n / 10 % 10, n % 10]).Where(static word => word[0] != word[1] && word[1] != word[2])];
        int[] order = [.. Enumerable.Range(0, words.Length)], pictures = [.. Enumerable.Range(0, labels.Length)];
        random.Shuffle(order);
        random.Shuffle(pictures);
        int[][] training = [.. order[..TrainingWords].Select(i => words[i])], test = [.. order[TrainingWords..(TrainingWords + TestWords)].Select(i => words[i])];
        int[][] ofTraining = ByUnit(pictures[..(pictures.Length / 2)], labels), ofTest = ByUnit(pictures[(pictures.Length / 2)..], labels);

        int[] taught = [.. training.SelectMany(word => Frames(word, ofTraining, ref random))];
        using FittedClassifier classifier = new LogisticRegression().Fit(Some(x, taught), [.. taught.Select(i => labels[i])], Units);
        double[] prior = [.. Enumerable.Range(0, Units).Select(unit => Math.Log(Math.Max(1, taught.Count(i => labels[i] == unit)) / (double)taught.Length))];
        Lexicon lexicon = new(Units, row.Name switch
        {
            "whole-words" => training,
            "lexicon-200" => test,
            _ => words,
        });
        SequenceDecoder decoder = new(lexicon);
        int right = 0, frames = 0, rightFrames = 0;
        foreach (int[] word in test)
        {
            cancellation.ThrowIfCancellationRequested();
            int[] shown = Frames(word, ofTest, ref random);
            double[][] said = [.. classifier.Probabilities(Some(x, shown)).Log().ToArray<double>().Chunk(Units)];
            int[] alone = [.. said.Select(static frame => Array.IndexOf(frame, frame.Max()))];
            frames += shown.Length;
            rightFrames += shown.Zip(alone, (i, unit) => labels[i] == unit ? 1 : 0).Sum();
            int[] found = row.Name == "frames-alone"
                ? [.. alone.Where((unit, t) => t == 0 || unit != alone[t - 1])]
                : decoder.Decode([.. said.Select(frame => frame.Select((log, unit) => log - prior[unit]).ToArray())]).Word is var at and >= 0 ? lexicon.Words[at] : [];
            right += found.SequenceEqual(word) ? 1 : 0;
        }

        return [100.0 * right / test.Length, 100.0 * rightFrames / frames];
    }

    private static int[][] ByUnit(int[] pictures, int[] labels) => [.. Enumerable.Range(0, Units).Select(unit => pictures.Where(i => labels[i] == unit).ToArray())];

    /// <summary>The pictures that a word is shown by.</summary>
    private static int[] Frames(int[] word, int[][] pictures, ref RandomStream random)
    {
        List<int> shown = [];
        foreach (int unit in word)
        {
            int lasts = 1 + random.Index(Longest);
            for (int i = 0; i < lasts; i++)
                shown.Add(pictures[unit][random.Index(pictures[unit].Length)]);
        }

        return [.. shown];
    }

    private static Tensor Some(Tensor samples, int[] at) => samples.IndexSelect(0, Tensor.From<long>([.. at.Select(static i => (long)i)]));
}
