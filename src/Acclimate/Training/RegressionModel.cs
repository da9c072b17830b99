using System.Text.Json;
using System.Text.Json.Serialization;
using Acclimate.Data;
using Acclimate.Regression;
using Acclimate.Torch;

namespace Acclimate.Training;

/// <summary>A transferred regressor with the preprocessing of the target's samples: what gives numbers in place of classes.</summary>
public sealed class RegressionModel : TransferModel
{
    internal const string Kind = "regression";

    /// <summary>Puts a model together; it owns the map's and the regressor's tensors from here on.</summary>
    /// <param name="inputShape">The shape of a sample before any preprocessing.</param>
    /// <param name="target">What is done to target samples, and maps them.</param>
    /// <param name="regressor">The numbers of mapped samples.</param>
    /// <param name="column">What the numbers are called.</param>
    /// <param name="provenance">Where the model comes from.</param>
    /// <param name="encoder">How a table's columns became features; none where the samples came from no table.</param>
    public RegressionModel(
        IReadOnlyList<long> inputShape, DomainSide target, FittedRegressor regressor, string column, Provenance provenance, TableEncoder? encoder = null)
        : base([], provenance, encoder, null)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(regressor);
        ArgumentNullException.ThrowIfNull(column);
        InputShape = inputShape;
        Target = target;
        Regressor = regressor;
        Column = column;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<long> InputShape { get; }

    /// <summary>What is done to target samples.</summary>
    public DomainSide Target { get; }

    /// <summary>The numbers of mapped samples.</summary>
    public FittedRegressor Regressor { get; }

    /// <summary>What the numbers are called.</summary>
    public string Column { get; }

    /// <inheritdoc/>
    public override void Save(string folder)
    {
        TensorConverter tensors = new();
        Write(folder, new Card(FormatVersion, Kind, InputShape, Target, Regressor, Column, Encoder, Provenance), tensors.Named, [tensors, new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower)]);
    }

    /// <summary>The numbers of the target's samples, or of others like them.</summary>
    /// <param name="domain">The samples; labels are not looked at.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    /// <exception cref="DataException">The samples are of another kind than those the model was trained on.</exception>
    public double[] Values(Domain domain, CancellationToken cancellation = default)
    {
        List<double> values = [];
        ForEachBatch(domain, Target.Preprocessing, cancellation, inputs => values.AddRange(Regressor.Predict(Mapped(inputs))));
        return [.. values];
    }

    /// <summary>Refuses: there are no classes.</summary>
    /// <param name="domain">Samples.</param>
    /// <param name="cancellation">Nothing.</param>
    /// <exception cref="DataException">Always.</exception>
    public override Predictions Predict(Domain domain, CancellationToken cancellation = default) =>
        throw new DataException($"this model gives numbers ({Column}), not classes: acclimate predict writes them, and acclimate regress --test scores them");

    /// <inheritdoc/>
    public override Tensor Features(Domain domain, CancellationToken cancellation = default)
    {
        List<Tensor> parts = [];
        try
        {
            ForEachBatch(domain, Target.Preprocessing, cancellation, inputs => parts.Add(Mapped(inputs).Clone().LeaveScopes()));
            return Tensor.Concatenate([.. parts]);
        }
        finally
        {
            parts.ForEach(static part => part.Dispose());
        }
    }

    internal static RegressionModel Read(JsonDocument document, string cardPath, string weightsPath)
    {
        using TensorScope scope = TensorScope.Begin();
        using TensorFile weights = Safetensors.Read(weightsPath);
        Card card = Parse<Card>(document, cardPath, new TensorConverter(weights.Tensors), new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower));
        RegressionModel model = new(card.InputShape, card.Target, card.Regressor, card.Column, card.Provenance, card.Encoder);
        try
        {
            long[] shape = [.. card.InputShape];
            _ = model.Regressor.Predict(model.Mapped(card.Target.Preprocessing.Apply(Tensor.Zeros([1, .. shape]), null)));
        }
        catch (Exception e) when (e is ArgumentException or DataException or TorchException or InvalidDataException)
        {
            throw new InvalidDataException($"{weightsPath} does not fit {cardPath}: {e.Message}", e);
        }

        foreach (Tensor tensor in model.Tensors)
            tensor.LeaveScopes();
        return model;
    }

    /// <inheritdoc/>
    private protected override void Free()
    {
        foreach (Tensor tensor in Tensors)
            tensor.Dispose();
    }

    private IEnumerable<Tensor> Tensors => [.. Target.Map.Tensors, .. Regressor.Tensors];

    private Tensor Mapped(Tensor inputs) => Target.Map.Apply(inputs.To(ScalarType.Float64).Flatten(1));

    private sealed record Card(
        int FormatVersion, string Kind, IReadOnlyList<long> InputShape, DomainSide Target, FittedRegressor Regressor, string Column, TableEncoder? Encoder, Provenance Provenance);
}
