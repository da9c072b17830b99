using System.Reflection;
using Acclimate.Data;
using Acclimate.Runs;
using Acclimate.Selection;
using Acclimate.Tests.Selection.Validators;
using Acclimate.Torch;

namespace Acclimate.Tests.Selection;

public sealed class LabelFreePairTests
{
    /// <summary>
    /// Whatever can be reached from a pair or a candidate, by any field, property or argument: nothing that carries labels, but the source's
    /// own. A new member shows up here, and has to be argued for.
    /// </summary>
    [Fact]
    public void PairAndCandidate_NothingReachable_HoldsATargetLabel()
    {
        HashSet<Type> seen = [];
        List<string> members = [];
        Visit(typeof(LabelFreePair));
        Visit(typeof(Candidate));
        Visit(typeof(Validator));

        Assert.DoesNotContain(seen, static type => type == typeof(Labels) || typeof(Domain).IsAssignableFrom(type) || typeof(RunData).IsAssignableFrom(type) || type == typeof(object));
        Assert.Equal(
            ["Candidate.Family", "Candidate.HeldOut", "Candidate.Name", "Candidate.Predict", "Candidate.Refit", "Candidate.SourceFeatures", "Candidate.Target", "Candidate.TargetFeatures",
                "HeldOutSource.Features", "HeldOutSource.Indices", "HeldOutSource.Probabilities",
                "LabelFreePair.Classes", "LabelFreePair.Source", "LabelFreePair.SourceLabels", "LabelFreePair.Target"],
            members.Distinct().Order(StringComparer.Ordinal));

        void Visit(Type type)
        {
            foreach (Type argument in type.IsGenericType ? type.GetGenericArguments() : [])
                Visit(argument);
            if (type.GetElementType() is { } element)
                Visit(element);
            if (!seen.Add(type) || type.Assembly != typeof(LabelFreePair).Assembly)
                return;
            const BindingFlags all = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
            foreach (FieldInfo field in type.GetFields(all))
                Visit(field.FieldType);
            foreach (PropertyInfo property in type.GetProperties(all).Where(static property => property.Name != "EqualityContract"))
            {
                Visit(property.PropertyType);
                if (property.GetMethod!.IsPublic && type.IsPublic)
                    members.Add($"{type.Name}.{property.Name}");
            }

            foreach (ParameterInfo parameter in type.GetConstructors(all).SelectMany(static made => made.GetParameters()).Where(parameter => parameter.ParameterType != type))
                Visit(parameter.ParameterType);
        }
    }

    [Fact]
    public void Pair_WhatDoesNotFit_IsRefusedByName()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor four = Tensor.Ones([4, 2], ScalarType.Float64), spoilt = four.Clone(), wide = Tensor.Ones([4, 3], ScalarType.Float64);
        spoilt[2, 1].FillInPlace(double.NaN);
        int[] labels = [0, 1, 1, 0];

        Refused("the source has 2 features and the target 3", () => new LabelFreePair(four, labels, 2, wide));
        Refused("3 labels were given for 4 source samples", () => new LabelFreePair(four, [0, 1, 1], 2, four));
        Refused("source sample 1 has the label 2; expected 0 to 1", () => new LabelFreePair(four, [0, 2, 1, 0], 2, four));
        Refused("there are 1 classes; expected 2 or more", () => new LabelFreePair(four, [0, 0, 0, 0], 1, four));
        Refused("sample 2 has NaN at 1", () => new LabelFreePair(four, labels, 2, spoilt));
        Refused("expected a float64 matrix", () => new LabelFreePair(four.To(ScalarType.Float32), labels, 2, four));
        Refused("expected a float64 matrix", () => new LabelFreePair(four, labels, 2, Tensor.Zeros([0, 2], ScalarType.Float64)));
    }

    [Fact]
    public void Candidate_WhatDoesNotFit_IsRefusedByName()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor half = Tensor.Full([4, 2], 0.5, ScalarType.Float64), more = Tensor.Full([4, 2], 0.6, ScalarType.Float64);
        Tensor negative = Tensor.From([0.5, 0.5, 1.2, -0.2], 2, 2);
        Candidate fine = new("c", "f", half);

        Refused("no distribution for sample 0", () => new Candidate("c", "f", more));
        Refused("no distribution for sample 1", () => new Candidate("c", "f", negative));
        Refused("no distribution for sample 0", () => fine with { Target = more });
        Refused("a candidate has no name", () => new Candidate(" ", "f", half));
        Refused("a candidate has no family", () => fine with { Family = "" });
        Refused("each once", () => new HeldOutSource([1, 1, 2, 3], half));
        Refused("each once", () => new HeldOutSource([], half));
        Refused("Probabilities has 4 rows; expected 3", () => new HeldOutSource([0, 1, 2], half));
        Refused("Features has 2 rows; expected 4", () => new HeldOutSource([0, 1, 2, 3], half, negative));
    }

    [Fact]
    public void Score_CandidateOfAnotherPair_IsRefusedByName()
    {
        using TensorScope scope = TensorScope.Begin();
        (LabelFreePair pair, Candidate[] pool) = Judged.Case(1);
        Validator validator = ValidatorCatalog.Find("entropy").Create();
        Tensor three = Tensor.Full([3, 3], 1.0 / 3, ScalarType.Float64), four = Tensor.Full([50, 4], 0.25, ScalarType.Float64);

        Refused("candidate 'c0' has probabilities of 3 × 3 for 50 target samples of 3 classes", () => validator.Score(pair, pool[0] with { Target = three }, []));
        Refused("candidate 'c1' has probabilities of 50 × 4 for 50 target samples of 3 classes", () => validator.Score(pair, pool[0], [pool[1] with { Target = four }]));
        Refused("has a held-out sample 60, but the source has 60 samples", () => validator.Score(pair, pool[0] with { HeldOut = new HeldOutSource([0, 1, 60], three) }, []));
        Refused("has features of 3 source samples; there are 60", () => validator.Score(pair, pool[0] with { SourceFeatures = three }, []));
        Refused("has 3 features of the held-out source and 4 of the target", () => validator.Score(pair, pool[0] with { HeldOut = new HeldOutSource([0, 1, 2], three, three) }, []));
    }

    private static void Refused(string message, Func<object> made) =>
        Assert.Contains(message, Assert.Throws<ArgumentException>(() => _ = made()).Message, StringComparison.Ordinal);
}
