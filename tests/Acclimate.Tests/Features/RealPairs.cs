using Acclimate.Classifiers;
using Acclimate.Data;
using Acclimate.Features;
using Acclimate.Tests.Data;
using Acclimate.Torch;

namespace Acclimate.Tests.Features;

/// <summary>The real pairs that papers report on, read from <c>ACCLIMATE_DATA</c>; a test that uses them skips where it is not set.</summary>
internal static class RealPairs
{
    /// <summary>C>A and its 11 sisters, in the papers' order.</summary>
    public static readonly string[] Surf = ["C>A", "C>W", "C>D", "A>C", "A>W", "A>D", "W>C", "W>A", "W>D", "D>C", "D>A", "D>W"];

    /// <summary>The JDA paper's digits.</summary>
    public static readonly string[] Digits = ["U>M", "M>U"];

    /// <summary>Amazon reviews with 400 features.</summary>
    public static readonly string[] Amazon = ["B>D", "B>E", "B>K", "D>B", "D>E", "D>K", "E>B", "E>D", "E>K", "K>B", "K>D", "K>E"];

    /// <summary>A task's domains, the target labelled.</summary>
    public static (Domain Source, Domain Target) Open(string suite, string task)
    {
        string[] sides = task.Split('>');
        return (Side(sides[0]), Side(sides[1]));
        Domain Side(string letter) => Domain.Open(RealData.Path(suite switch
        {
            "surf" => "office_caltech10_surf/" + letter switch { "C" => "Caltech10", "A" => "amazon", "W" => "webcam", _ => "dslr" } + "_SURF_L10.mat",
            "digits" => "mnist_usps_jda/MNIST_vs_USPS.mat?samples=columns" + (letter == "M" ? "&features=X_src&labels=Y_src" : "&features=X_tar&labels=Y_tar"),
            _ => "amazon_reviews_400/" + letter switch { "B" => "books", "D" => "dvd", "E" => "elec", _ => "kitchen" } + "_400.mat",
        }));
    }

    /// <summary>The mean accuracy in percent over tasks; each task's goes to the test's output.</summary>
    public static double Average(string suite, string[] tasks, FeatureMethod method, string preprocess, Classifier? classifier = null)
    {
        double[] all = [.. tasks.Select(task => Accuracy(suite, task, method, preprocess, classifier))];
        Console.WriteLine($"{suite} {Acclimate.Catalog.MethodCatalog.NameOf(method)} {preprocess}: {string.Join(' ', all.Select(static a => a.ToString("0.00", System.Globalization.CultureInfo.InvariantCulture)))} = {all.Average():0.00}");
        return all.Average();
    }

    /// <summary>The accuracy in percent on the target of one task.</summary>
    public static double Accuracy(string suite, string task, FeatureMethod method, string preprocess, Classifier? classifier = null)
    {
        (Domain source, Domain target) = Open(suite, task);
        using (source)
        using (target)
        using (TensorScope.Begin())
        {
            (Preprocessing s, Preprocessing t) = PreprocessingRecipe.Parse(preprocess).Fit(source, target);
            FeatureData data = FeatureData.Read(source, target, s, t);
            FitContext context = new() { Classifier = classifier ?? new NearestNeighbours() };
            using FittedFeatures fitted = method.Fit(data, context);
            using FittedClassifier trained = fitted.ClassifierFor(data, context.Classifier);
            int[] found = fitted.TargetLabels ?? trained.Predict(fitted.Target.Apply(data.Target));
            int[] truth = target.Labels!.AlignTo(source.Labels!.Classes).Indices;
            return 100.0 * found.Zip(truth, static (a, b) => a == b ? 1 : 0).Sum() / truth.Length;
        }
    }
}
