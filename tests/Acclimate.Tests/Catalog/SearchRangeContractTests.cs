using System.Reflection;
using Acclimate.Backbones;
using Acclimate.Catalog;
using Acclimate.Classifiers;
using Acclimate.Deep;
using Acclimate.Features;
using Acclimate.Policies;
using Acclimate.Relations.Transfer;
using Acclimate.SelfTaught.Clustering;
using Acclimate.Torch;
using Acclimate.ZeroShot;

namespace Acclimate.Tests.Catalog;

/// <summary>What every option of the catalogue's methods and classifiers must say of its search, and that methods take what it says.</summary>
public sealed class SearchRangeContractTests
{
    private const int Draws = 20;

    private static readonly string[] Classes = ["ant", "bee", "cat"];

    public static TheoryData<string> Methods => [.. MethodCatalog.All.Where(static entry => entry.Options.Count > 0).Select(static entry => entry.About.Name)];

    public static TheoryData<string> Classifiers => [.. ClassifierCatalog.All.Where(static entry => entry.Options.Count > 0).Select(static entry => entry.Name)];

    private static readonly Type[] Owners =
        [typeof(FeatureMethod), typeof(Objective), typeof(Classifier), typeof(ZeroShotMethod), typeof(CoClustering), typeof(RelationalTransfer), typeof(PolicyTransfer)];

    [Fact]
    public void Options_All_HaveARangeOrSayThatTheyAreFixed() => Assert.Empty(OptionsWhere(
        static (option, type) => option.Search is null && !type.IsEnum && type != typeof(bool)));

    /// <summary>The paper's value, other people's code, or ours with the reason.</summary>
    [Fact]
    public void Options_All_SayWhereTheirDefaultComesFrom() => Assert.Empty(OptionsWhere(static (option, _) => string.IsNullOrWhiteSpace(option.Source)));

    private static IEnumerable<string> OptionsWhere(Func<OptionAttribute, Type, bool> fails) => typeof(MethodCatalog).Assembly.GetTypes()
        .Where(static type => Owners.Any(owner => owner.IsAssignableFrom(type)))
        .SelectMany(static type => type.GetProperties())
        .Where(property => property.GetCustomAttribute<OptionAttribute>() is { } option && fails(option, property.PropertyType))
        .Select(static property => $"{property.DeclaringType!.Name}.{property.Name}").Distinct();

    // A default that is left open (none) has no place among numbers: there the range says what to try instead.
    [Fact]
    public void Options_Searched_HaveTheirDefaultInTheirRange() => Assert.All(
        MethodCatalog.All.Select(static entry => (entry.About.Name, entry.Options)).Concat(ClassifierCatalog.All.Select(static entry => (entry.Name, entry.Options))),
        static owner => Assert.All(owner.Options.Where(static option => option.Range is not null), option =>
            Assert.True(option.Default == "none" || option.Range!.Contains(option.Default), $"{owner.Name}: {option.Name} is {option.Default}, its range {option.Range}")));

    [Theory]
    [MemberData(nameof(Methods))]
    public void Method_AnyValueOfARange_IsTaken(string method)
    {
        using TensorScope scope = TensorScope.Begin();
        using Check check = new(MethodCatalog.Find(method));
        foreach (MethodOption option in check.Method.Options.Where(static option => option.Range is not null))
        {
            foreach (string value in Values(option.Range!))
                check.Takes(new Dictionary<string, string> { [option.Name] = value });
        }
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Method_OptionsDrawnTogether_AreTakenAndCount(string method)
    {
        using TensorScope scope = TensorScope.Begin();
        using Check check = new(MethodCatalog.Find(method));
        using Generator generator = new(5);
        for (int i = 0; i < Draws; i++)
        {
            IReadOnlyDictionary<string, string> drawn = check.Method.Draw(generator);
            check.Takes(drawn);
            foreach (MethodOption option in check.Method.Options)
            {
                bool counts = option.When is null || option.When.Split('=') is [var other, var wanted] && drawn.GetValueOrDefault(other, check.Default(other)) == wanted;
                Assert.Equal(option.Range is not null && counts, drawn.ContainsKey(option.Name));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Method_WhatAnOptionCountsWith_IsAnotherOptionsValue(string method)
    {
        using TensorScope scope = TensorScope.Begin();
        using Check check = new(MethodCatalog.Find(method));
        foreach (MethodOption option in check.Method.Options.Where(static option => option.When is not null))
        {
            string[] sides = option.When!.Split('=');
            MethodOption other = check.Method.Options.Single(candidate => candidate.Name == sides[0]);
            Assert.True(other.Range?.Contains(sides[1]) ?? other.Default == sides[1], option.When);
            check.Takes(new Dictionary<string, string> { [other.Name] = sides[1] });
        }
    }

    [Theory]
    [MemberData(nameof(Classifiers))]
    public void Classifier_AnyValueOfARange_IsTaken(string classifier)
    {
        ClassifierEntry entry = ClassifierCatalog.All.Single(entry => entry.Name == classifier);
        foreach (MethodOption option in entry.Options.Where(static option => option.Range is not null))
        {
            foreach (string value in Values(option.Range!))
                ClassifierCatalog.Parse($"{classifier}:{option.Name}={value}");
        }
    }

    [Fact]
    public void Classifier_Gamma_IsTheGaussianKernelsAlone() =>
        Assert.Equal(["svm-rbf"], ClassifierCatalog.All.Where(static entry => entry.Options.Any(static option => option.Name == "gamma")).Select(static entry => entry.Name));

    /// <summary>The ends, the points between and draws of a range, each once.</summary>
    private static string[] Values(SearchRange range)
    {
        using Generator generator = new(3);
        return [.. range.Grid(5), .. Enumerable.Range(0, Draws).Select(_ => range.Draw(generator)).Except(range.Grid(5)).Distinct()];
    }

    /// <summary>Whether a method takes options: those of other kinds by their own check, an objective by attaching it to a perceptron.</summary>
    private sealed class Check(MethodEntry method) : IDisposable
    {
        private readonly Dictionary<(int, BottleneckActivation), ClassifierNetwork> networks = [];

        public MethodEntry Method { get; } = method;

        public string Default(string option) => Method.Options.Single(candidate => candidate.Name == option).Default;

        public void Takes(IReadOnlyDictionary<string, string> options)
        {
            object made = Method.Create(options);
            try
            {
                if (made is FeatureMethod shallow)
                    shallow.Validate();
                else if (made is ZeroShotMethod unseen)
                    unseen.Validate();
                else if (made is CoClustering clustering)
                    clustering.Validate();
                else if (made is RelationalTransfer relational)
                    relational.Validate();
                else if (made is PolicyTransfer policy)
                    policy.Validate();
                else
                    Attach((Objective)made);
            }
            catch (ArgumentException e)
            {
                Assert.Fail($"{string.Join(' ', options.Select(static o => $"{o.Key}={o.Value}"))}: {e.Message}");
            }
            finally
            {
                (made as IDisposable)?.Dispose();
            }
        }

        public void Dispose()
        {
            foreach (ClassifierNetwork network in networks.Values)
                network.Dispose();
        }

        private void Attach(Objective objective)
        {
            ClassifierNetwork network = Network(objective);
            using TensorScope scope = TensorScope.Begin();
            using NoGrad noGrad = NoGrad.Begin();
            using Generator generator = new(1);
            objective.Attach(new Acclimate.Deep.FitContext(network, generator, network.Activate(Tensor.Normal([4, 6], generator)))
            {
                Classes = Classes,
                SourceCount = 4,
                TargetCount = 4,
                Tasks = objective is ILearnsTasks ? [new TaskInfo("colour", 2)] : [],
            });
        }

        private ClassifierNetwork Network(Objective objective)
        {
            (int, BottleneckActivation) key = (objective.Bottleneck?.Size ?? 0, objective.Bottleneck?.Activation ?? default);
            if (!networks.TryGetValue(key, out ClassifierNetwork? network))
            {
                using Generator generator = new(1);
                network = networks[key] = new(new NetworkSpec("mlp", [6], Classes.Length + objective.ExtraClasses.Count) { Bottleneck = objective.Bottleneck }, generator);
                network.Eval();
            }

            return network;
        }
    }
}
