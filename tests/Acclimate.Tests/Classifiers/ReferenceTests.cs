using System.Text.Json;
using Acclimate.Classifiers;
using Acclimate.Features;
using Acclimate.Tests.Data;
using Acclimate.Tests.Features;
using Acclimate.Torch;

namespace Acclimate.Tests.Classifiers;

/// <summary>The classifiers against scikit-learn's, whose support vector machines are libsvm's and liblinear's own.</summary>
public sealed class ReferenceTests
{
    private static readonly (string Name, int Classes, string Python, double Tolerance)[] Cases =
    [
        ("5nn", 3, "KNeighborsClassifier(5)", 0),
        ("centroid", 3, "NearestCentroid()", 0),
        ("svm:C=0.3", 3, "LinearSVC(C=0.3, dual=False, tol=1e-8, max_iter=10000)", 1e-3),
        ("svm:C=0.3", 2, "LinearSVC(C=0.3, dual=False, tol=1e-8, max_iter=10000)", 1e-3),
        ("svm:C=0.3,loss=hinge", 3, "LinearSVC(C=0.3, loss='hinge', tol=1e-8, max_iter=100000)", 1e-1),
        ("svm-pairs:C=0.5,tolerance=1e-8", 3, "SVC(C=0.5, kernel='linear', tol=1e-8, decision_function_shape='ovo')", 1e-5),
        ("svm-rbf:C=3,tolerance=1e-8", 3, "SVC(C=3, tol=1e-8, decision_function_shape='ovo')", 1e-5),
        ("svm-rbf:gamma=0.2,balanced=true,tolerance=1e-8", 3, "SVC(gamma=0.2, tol=1e-8, class_weight='balanced', decision_function_shape='ovo')", 1e-5),
        ("logistic:C=2", 3, "LogisticRegression(C=2, solver='newton-cg', tol=1e-9, max_iter=10000)", 1e-5),
        ("logistic:C=2", 2, "LogisticRegression(C=2, solver='newton-cg', tol=1e-9, max_iter=10000)", 1e-5),
        ("ridge:lambda=0.7", 3, "RidgeClassifier(alpha=0.7)", 1e-9),
    ];

    private static readonly Lazy<(int[] Predictions, double[] Scores)[]> Expected = new(Compute);

    public static TheoryData<int> Numbers => [.. Enumerable.Range(0, Cases.Length)];

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Fit_OverlappingClasses_SaysWhatScikitLearnSays(int number)
    {
        (string name, int classes, _, double tolerance) = Cases[number];
        (int[] predictions, double[] scores) = Expected.Value[number];
        using TensorScope scope = TensorScope.Begin();
        (Tensor x, int[] labels, Tensor target) = Samples();

        using FittedClassifier fitted = ClassifierCatalog.Parse(name).Fit(x, [.. labels.Select(l => l % classes)], classes);

        Assert.Equal(predictions, fitted.Predict(target));
        if (scores.Length == 0)
            return;
        Tensor ours = fitted is FittedVotes votes ? votes.Decide(target) : fitted.Scores(target);

        // Of two classes scikit-learn gives one machine's score, for the second class; softmax scores are free up to a constant a row.
        Tensor theirs = Tensor.From(scores, 60, scores.Length / 60);
        if (classes == 2 && fitted is not FittedVotes)
            ours = (ours.Slice(1, 1, 2) - ours.Slice(1, 0, 1)) / (name.StartsWith("svm", StringComparison.Ordinal) ? 2 : 1);
        else if (name.StartsWith("logistic", StringComparison.Ordinal))
            (ours, theirs) = (ours - ours.Mean(1, keep: true), theirs - theirs.Mean(1, keep: true));
        Assert.InRange((ours - theirs).Abs().Max().ToDouble(), 0, tolerance);
    }

    private static (Tensor Source, int[] Labels, Tensor Target) Samples()
    {
        FeatureData data = ToyFeatures.Shifted(90, 60, 4, seed: 11, shift: 0);
        using Generator generator = new(12);
        return (data.Source + (Tensor.Normal([90, 4], generator, ScalarType.Float64) * 4), data.SourceLabels, data.Target);
    }

    private static (int[] Predictions, double[] Scores)[] Compute()
    {
        using TensorScope scope = TensorScope.Begin();
        (Tensor x, int[] labels, Tensor target) = Samples();
        string output = Python.Run("sklearn", $"""
            import json, numpy
            from sklearn.linear_model import LogisticRegression, RidgeClassifier
            from sklearn.neighbors import KNeighborsClassifier, NearestCentroid
            from sklearn.svm import SVC, LinearSVC
            x = numpy.array({JsonSerializer.Serialize(x.ToArray<double>())}).reshape(90, 4)
            t = numpy.array({JsonSerializer.Serialize(target.ToArray<double>())}).reshape(60, 4)
            y = numpy.array({JsonSerializer.Serialize(labels)})
            found = []
            for classes, m in [{string.Join(", ", Cases.Select(static c => $"({c.Classes}, {c.Python})"))}]:
                m.fit(x, y % classes)
                found.append([m.predict(t).tolist(), m.decision_function(t).ravel().tolist() if hasattr(m, "decision_function") else []])
            print(json.dumps(found))
            """);
        return [.. JsonSerializer.Deserialize<JsonElement[][]>(output)!.Select(static pair => (pair[0].Deserialize<int[]>()!, pair[1].Deserialize<double[]>()!))];
    }

    [Fact]
    public void Logistic_AmazonReviews_GivesTheKnownRow()
    {
        // Rows to unit length, C = 100, scikit-learn's logistic regression.
        double[] known = [78.7, 76.0, 77.9, 67.1, 74.3, 77.2, 71.2, 72.4, 84.1, 68.8, 75.9, 82.4];

        for (int i = 0; i < known.Length; i += 4)
            Assert.Equal(known[i], RealPairs.Accuracy("amazon", RealPairs.Amazon[i], new NoAdaptation(), "l2", ClassifierCatalog.Parse("logistic:C=100")), 0.06);
    }
}
