using Acclimate.Catalog;
using Acclimate.Classifiers;
using Acclimate.Features;
using Acclimate.Features.Maps;
using Acclimate.Instances;
using Acclimate.Torch;
using Acclimate.Training;

namespace Acclimate.Regression;

/// <summary>What numbers are transferred from and to.</summary>
/// <param name="Source">X_s: [n_s, d], float64.</param>
/// <param name="Values">The number of each source sample.</param>
/// <param name="Target">X_t: [n_t, d].</param>
/// <param name="Few">A few target samples whose numbers are known: [m, d]; none without such.</param>
/// <param name="FewValues">Their numbers.</param>
public sealed record RegressionData(Tensor Source, double[] Values, Tensor Target, Tensor? Few = null, double[]? FewValues = null);

/// <summary>A regressor that was transferred. It owns its tensors: dispose it.</summary>
/// <param name="Source">Maps source samples into the space that the regressor works in.</param>
/// <param name="Target">Maps target samples.</param>
/// <param name="Regressor">The numbers of mapped samples.</param>
/// <param name="Certificate">What the fit can show for itself.</param>
public sealed record FittedRegression(FeatureMap Source, FeatureMap Target, FittedRegressor Regressor, Certificate Certificate) : IDisposable
{
    /// <summary>The tensors of the maps and the regressor.</summary>
    public IEnumerable<Tensor> Tensors => [.. Source.Tensors, .. Target.Tensors, .. Regressor.Tensors];

    /// <summary>The numbers of target samples.</summary>
    /// <param name="samples">[n, d], float64.</param>
    public double[] Predict(Tensor samples)
    {
        using TensorScope scope = TensorScope.Begin();
        return Regressor.Predict(Target.Apply(samples));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Tensor tensor in Tensors)
            tensor.Dispose();
    }
}

/// <summary>
/// Transfers regressors by methods of the catalogue: through instances (the source's samples weighed), through features (both domains mapped by what needs no classes), and with a few
/// target numbers by boosting (<c>tradaboost</c>, which is TrAdaBoost.R2 here) or through parameters (<c>l2-sp</c>: the source's model, and a correction learnt from the few, which for ridge is the
/// penalty λ‖v − v_source‖² in place of λ‖v‖²). Deep methods that need no classes train a network in a regressor's place.
/// </summary>
public static class RegressionTransfer
{
    private const string Boosting = "tradaboost";
    private const string FromParameters = "l2-sp";

    /// <summary>Methods that map features without a look at classes.</summary>
    private static readonly string[] Mapping = ["no-adaptation", "pca", "tca", "coral", "sa", "ot-linear"];

    /// <summary>The methods that transfer numbers.</summary>
    public static IReadOnlyList<string> Methods { get; } =
    [
        .. Mapping,
        .. MethodCatalog.All.Where(static entry => entry.About.Family == Family.Instances && entry.Create() is InstanceWeighting { NeedsClasses: false }).Select(static entry => entry.About.Name),
        Boosting, FromParameters,
        .. NetworkRegression.Methods,
    ];

    /// <summary>Whether a method learns from a few target numbers, and can't do without.</summary>
    /// <param name="method">Its name.</param>
    public static bool NeedsFew(string method) => method is Boosting or FromParameters;

    /// <summary>Whether a method trains a network, which is its own regressor; a few target numbers are welcome to it.</summary>
    /// <param name="method">Its name.</param>
    public static bool TrainsNetwork(string method) => NetworkRegression.Methods.Contains(method, StringComparer.Ordinal);

    /// <summary>Transfers.</summary>
    /// <param name="method">One of <see cref="Methods"/>.</param>
    /// <param name="options">Its options where they are not the defaults.</param>
    /// <param name="regressor">What learns the numbers; ridge if none is given. None for a method that trains a network.</param>
    /// <param name="data">What from and to.</param>
    /// <param name="seed">Where every random choice starts from.</param>
    /// <param name="training">How a network is trained, but for the seed; the defaults if left out.</param>
    /// <param name="progress">Hears of every step of a network's training.</param>
    /// <param name="cancellation">Stops between two rounds, or steps.</param>
    /// <returns>To be disposed.</returns>
    /// <exception cref="ArgumentException">
    /// The method can't transfer numbers, an option is not known or out of range, target numbers are missing or of no use to it, or a regressor is given to a method that trains a network.
    /// </exception>
    /// <exception cref="TrainingException">A network's loss is no longer a finite number.</exception>
    public static FittedRegression Fit(
        string method,
        IReadOnlyDictionary<string, string> options,
        Regressor? regressor,
        RegressionData data,
        long seed = 0,
        TrainerOptions? training = null,
        Action<StepReport>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        Validate(method, options, data.Few is not null, regressor is not null);
        if (TrainsNetwork(method))
        {
            using TensorScope steps = TensorScope.Begin();
            return Kept(NetworkRegression.Fit(method, options, data, (training ?? new TrainerOptions()) with { Seed = seed }, progress, cancellation));
        }

        regressor ??= new RidgeRegressor();
        using NoGrad noGrad = NoGrad.Begin();
        using TensorScope scope = TensorScope.Begin();
        return Kept(method switch
        {
            Boosting => Boosted((TrAdaBoost)MethodCatalog.Find(method).Create(options), regressor, data, cancellation),
            FromParameters => Corrected(regressor, data),
            _ => Unsupervised((FeatureMethod)MethodCatalog.Find(method).Create(options), regressor, data, new FitContext { Seed = seed, Cancellation = cancellation }),
        });

        static FittedRegression Kept(FittedRegression fitted)
        {
            foreach (Tensor tensor in fitted.Tensors)
                tensor.LeaveScopes();
            return fitted;
        }
    }

    /// <summary>Refuses what can be refused before anything is learnt.</summary>
    /// <exception cref="ArgumentException">See <see cref="Fit"/>.</exception>
    internal static void Validate(string method, IReadOnlyDictionary<string, string> options, bool few, bool regressor)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!Methods.Contains(method, StringComparer.Ordinal))
        {
            string why = MethodCatalog.All.Any(entry => entry.About.Name == method) ? " that transfers numbers: it works on classes" : string.Empty;
            throw new ArgumentException($"there is no method '{method}'{why}{NearestName.Hint(method, Methods)} Known here: {string.Join(", ", Methods)}.");
        }

        if (NeedsFew(method) && !few)
            throw new ArgumentException($"{method} learns from a few target samples whose numbers are known: say where they are with --target-labelled");
        if (TrainsNetwork(method))
        {
            if (regressor)
                throw new ArgumentException($"{method} trains a network, which is its own regressor: leave --regressor out");
            using Deep.Objective objective = (Deep.Objective)MethodCatalog.Find(method).Create(options);
            return;
        }

        if (!NeedsFew(method) && few)
            throw new ArgumentException($"{method} takes no target numbers: leave --target-labelled out, or score on those samples with --test");
        if (method == FromParameters && options.Count > 0)
            throw new ArgumentException($"l2-sp has no option here: its penalty is the regressor's, such as ridge:lambda=10");
        if (method != FromParameters)
            ((FeatureMethod)MethodCatalog.Find(method).Create(options)).Validate();
    }

    private static FittedRegression Unsupervised(FeatureMethod method, Regressor regressor, RegressionData data, FitContext context)
    {
        // One class: what the methods here do knows of none.
        FittedFeatures fitted = method.Fit(new FeatureData(data.Source, new int[data.Values.Length], 1, data.Target), context);
        try
        {
            FittedRegressor learnt = regressor.Fit(fitted.Source.Apply(data.Source), data.Values, fitted.SourceWeights);
            return new FittedRegression(fitted.Source, fitted.Target, learnt, fitted.Certificate);
        }
        catch (Exception e)
        {
            fitted.Dispose();
            if (e is not NotFiniteException)
                throw;
            throw FitFailure.Of(MethodCatalog.NameOf(method), data.Source, data.Target, e);
        }
    }

    private static FittedRegression Boosted(TrAdaBoost method, Regressor regressor, RegressionData data, CancellationToken cancellation)
    {
        (FittedRegressor fitted, string note) = new TrAdaBoostR2(method.Rounds).Fit(
            Tensor.Concatenate([data.Source, data.Few!]), [.. data.Values, .. data.FewValues!], data.Values.Length, regressor, cancellation);
        return new FittedRegression(new IdentityMap(), new IdentityMap(), fitted, new Certificate { Notes = [note] });
    }

    private static FittedRegression Corrected(Regressor regressor, RegressionData data)
    {
        FittedRegressor ofSource = regressor.Fit(data.Source, data.Values);
        double[] left = [.. data.FewValues!.Zip(ofSource.Predict(data.Few!), static (y, said) => y - said)];
        FittedRegressor correction = regressor.Fit(data.Few!, left);
        return new FittedRegression(
            new IdentityMap(), new IdentityMap(), new FittedSumRegressor([ofSource, correction]),
            new Certificate { Notes = [$"the source's model, corrected by what {left.Length} target samples leave of it"] });
    }
}
