// How often 10, 20, 40 and 80 labels keep the better of two models on real pairs: what several shallow methods say of the target beside what the
// source's own ridge classifier says, labelled as `acclimate verify` would have them labelled, in 100 draws. ACCLIMATE_DATA names the
// data; an argument names a folder with PACS's tables of features, as `acclimate benchmark pacs-features --out` leaves it.
using System.Globalization;
using Acclimate.Benchmarks;
using Acclimate.Benchmarks.Honest;
using Acclimate.Catalog;
using Acclimate.Classifiers;
using Acclimate.Data;
using Acclimate.Features;
using Acclimate.Selection.Verification;
using Acclimate.Torch;
using Acclimate.Training;

const int draws = 100;
const double least = 0.03;
int[] budgets = [10, 20, 40, 80];
string[] methods = ["balanced-self-training", "label-propagation", "jda", "tca", "coral", "sa"];
string? tables = args.Length > 0 ? args[0] : null;

using BenchmarkData files = new();
List<Compared> all = [];
foreach (HonestPair pair in HonestPairs.All)
{
    if (pair.Source.Contains("{seed}", StringComparison.Ordinal) || pair.Suite == "cifar" || (pair.Weights is not null && tables is null))
        continue;
    using TensorScope scope = TensorScope.Begin();
    Domain source = Open(pair, pair.Source), target = Open(pair, pair.Target);
    (Preprocessing s, Preprocessing t) = PreprocessingRecipe.Parse(pair.Preprocess).Fit(source, target);
    FeatureData data = FeatureData.Read(source, target, s, t);
    int[] truth = target.Labels!.AlignTo(source.Labels!.Classes).Indices;
    Predictions own = Said(new NoAdaptation(), data, source.Labels.Classes);
    foreach (string method in methods)
    {
        Predictions adapted = Said((FeatureMethod)MethodCatalog.Find(method).Create(new Dictionary<string, string>()), data, source.Labels.Classes);
        all.Add(Compare(pair.Suite, own, adapted, truth));
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{pair.Suite} {pair.Name} {method}: {100 * all[^1].Difference:+0.0;-0.0} points, {100 * all[^1].Rate:0.0} % disagree, right with 40 labels {all[^1].Right[2]:0.000}"));
    }
}

Console.WriteLine($"Pairs of models that differ by {100 * least:0} points or more; {draws} draws each\n");
Console.WriteLine($"| suite | pairs of models | disagree, % | differ, points | one is right, % | {string.Join(" | ", budgets.Select(static n => $"right with {n}, %"))} | at 90 % with 40, % of pairs | decided with 40, % |");
Console.WriteLine($"| --- |{string.Concat(Enumerable.Repeat(" ---: |", 6 + budgets.Length))}");
foreach (IGrouping<string, Compared> suite in all.GroupBy(static one => one.Suite).Append(all.GroupBy(static _ => "all").Single()))
{
    Compared[] some = [.. suite.Where(static one => Math.Abs(one.Difference) >= least)];
    if (some.Length == 0)
        continue;
    string right = string.Join(" | ", budgets.Select((_, i) => F(some.Average(one => one.Right[i]))));
    Console.WriteLine($"| {suite.Key} | {some.Length} | {F(some.Average(static one => one.Rate))} | {F(some.Average(static one => Math.Abs(one.Difference)))} | {F(some.Average(static one => one.OneRight))} | {right} | {F(some.Average(static one => one.Right[2] >= 0.9 ? 1.0 : 0))} | {F(some.Average(static one => one.Decided))} |");
}

Console.WriteLine("\nAccuracy on the target in percent, all pairs of models\n\n| suite | the source's own | adapted | mean of both | kept with 40 labels | the better |\n| --- | ---: | ---: | ---: | ---: | ---: |");
foreach (IGrouping<string, Compared> suite in all.GroupBy(static one => one.Suite).Append(all.GroupBy(static _ => "all").Single()))
    Console.WriteLine($"| {suite.Key} | {F(suite.Average(static one => one.Source))} | {F(suite.Average(static one => one.Adapted))} | {F(suite.Average(static one => one.Hedge))} | {F(suite.Average(static one => one.Kept))} | {F(suite.Average(static one => Math.Max(one.Source, one.Adapted)))} |");

static string F(double share) => (100 * share).ToString("0.0", CultureInfo.InvariantCulture);

Domain Open(HonestPair pair, string name) => pair.Weights is null
    ? files.Open(name)
    : Domain.Open(Directory.GetFiles(tables!, $"{name.Replace('/', '-')}-*.csv")[0] + "?label=class");

static Predictions Said(FeatureMethod method, FeatureData data, IReadOnlyList<string> classes)
{
    using TensorScope scope = TensorScope.Begin();
    Classifier classifier = ClassifierCatalog.Parse("ridge");
    using FittedFeatures fitted = method.Fit(data, new Acclimate.Features.FitContext { Classifier = classifier });
    using FittedClassifier trained = fitted.ClassifierFor(data, classifier);
    Tensor mapped = fitted.Target.Apply(data.Target);
    float[] probabilities = trained.Probabilities(mapped).To(ScalarType.Float32).ToArray<float>();
    return new Predictions(classes, fitted.TargetLabels ?? trained.Predict(mapped), [.. probabilities.Chunk(classes.Count)]);
}

Compared Compare(string suite, Predictions own, Predictions adapted, int[] truth)
{
    int n = truth.Length;
    double ofSource = Enumerable.Range(0, n).Average(i => own.Indices[i] == truth[i] ? 1.0 : 0), ofAdapted = Enumerable.Range(0, n).Average(i => adapted.Indices[i] == truth[i] ? 1.0 : 0);
    double ofBoth = Enumerable.Range(0, n).Average(i => Largest(own.Probabilities[i], adapted.Probabilities[i]) == truth[i] ? 1.0 : 0);
    double[] right = new double[budgets.Length];
    double decided = 0, kept = 0;
    int[] disagreed = DisagreementDraw.Of(own, adapted, 0);
    for (int seed = 0; seed < draws; seed++)
    {
        int[] order = DisagreementDraw.Of(own, adapted, seed);
        for (int b = 0; b < budgets.Length && order.Length > 0; b++)
        {
            int[] labelled = order[..Math.Min(budgets[b], order.Length)];
            int a = labelled.Count(i => adapted.Indices[i] == truth[i]), s = labelled.Count(i => own.Indices[i] == truth[i]);
            PairedTest test = new(a, s, labelled.Length - a - s, order.Length, n);
            bool better = Math.Sign(test.Lead) == Math.Sign(ofAdapted - ofSource);
            right[b] += better ? 1.0 / draws : 0;
            if (budgets[b] != 40)
                continue;
            decided += better && test.Decided ? 1.0 / draws : 0;
            kept += (test.Lead > 0 ? ofAdapted : test.Lead < 0 ? ofSource : ofBoth) / draws;
        }
    }

    double one = disagreed.Length == 0 ? 0 : disagreed.Average(i => adapted.Indices[i] == truth[i] || own.Indices[i] == truth[i] ? 1.0 : 0);
    return new Compared(suite, (double)disagreed.Length / n, ofAdapted - ofSource, one, right, decided, ofSource, ofAdapted, ofBoth, disagreed.Length == 0 ? ofSource : kept);
}

static int Largest(float[] one, float[] other)
{
    float[] sum = [.. one.Zip(other, static (a, b) => a + b)];
    return Array.IndexOf(sum, sum.Max());
}

internal sealed record Compared(
    string Suite, double Rate, double Difference, double OneRight, double[] Right, double Decided, double Source, double Adapted, double Hedge, double Kept);
