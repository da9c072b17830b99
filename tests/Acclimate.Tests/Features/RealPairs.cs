using System.Globalization;
using Acclimate.Benchmarks;
using Acclimate.Catalog;
using Acclimate.Classifiers;
using Acclimate.Data;
using Acclimate.Features;
using Acclimate.Tests.Data;

namespace Acclimate.Tests.Features;

/// <summary>The real pairs that papers report on, read from <c>ACCLIMATE_DATA</c>; a test that uses them skips where it is not set.</summary>
internal static class RealPairs
{
    /// <summary>C>A and its 11 sisters, in the papers' order.</summary>
    public static readonly string[] Surf = Tasks("surf");

    /// <summary>The JDA paper's digits.</summary>
    public static readonly string[] Digits = Tasks("digits");

    /// <summary>Amazon reviews with 400 features.</summary>
    public static readonly string[] Amazon = Tasks("amazon");

    /// <summary>A task's domains, the target labelled.</summary>
    public static (Domain Source, Domain Target) Open(string suite, string task)
    {
        BenchmarkTask found = Suite(suite).Task(task);
        return (Domain.Open(RealData.Path(found.Source)), Domain.Open(RealData.Path(found.Target)));
    }

    /// <summary>How a task's domains are named.</summary>
    public static (string Source, string Target) Named(string suite, string task)
    {
        BenchmarkTask found = Suite(suite).Task(task);
        return (RealData.Path(found.Source), RealData.Path(found.Target));
    }

    /// <summary>The mean accuracy in percent over tasks; each task's goes to the test's output.</summary>
    public static double Average(string suite, string[] tasks, FeatureMethod method, string preprocess, Classifier? classifier = null)
    {
        double[] all = [.. tasks.Select(task => Accuracy(suite, task, method, preprocess, classifier))];
        Console.WriteLine($"{suite} {MethodCatalog.NameOf(method)} {preprocess}: {string.Join(' ', all.Select(static a => a.ToString("0.00", CultureInfo.InvariantCulture)))} = {all.Average():0.00}");
        return all.Average();
    }

    /// <summary>The accuracy in percent on the target of one task.</summary>
    public static double Accuracy(string suite, string task, FeatureMethod method, string preprocess, Classifier? classifier = null)
    {
        BenchmarkTask found = Suite(suite).Task(task);
        RealData.Path(found.Source);
        using BenchmarkData data = new();
        return BenchmarkRunner.Measure(found, preprocess, method, classifier ?? new NearestNeighbours(), data).Accuracy!.Value;
    }

    private static BenchmarkSuite Suite(string name) => BenchmarkSuites.Find(name switch { "surf" => "office-caltech-surf", "digits" => "jda-digits", _ => "amazon-400" });

    private static string[] Tasks(string suite) => [.. Suite(suite).Tasks.Select(static task => task.Name)];
}
