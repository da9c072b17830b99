using System.Globalization;
using Acclimate.Data;
using Acclimate.Data.Readers;
using Acclimate.Torch;

namespace Acclimate.Generated;

/// <summary>
/// Domains that are drawn instead of read, by source string: <c>generated:digits-clean?count=4000&amp;seed=0</c> and
/// <c>generated:digits-wild</c>, <c>generated:shift-source</c> and <c>generated:shift-target</c> (<see cref="CovariateShift"/>).
/// </summary>
internal static class GeneratedDomains
{
    /// <summary>What such a source string begins with.</summary>
    public const string Scheme = "generated:";

    private const int DefaultCount = 4000;

    /// <summary>Draws the domain that a source string names.</summary>
    /// <exception cref="DataException">There is none of that name, or an option is wrong.</exception>
    public static Domain Open(SourceString source)
    {
        source.RequireKnown("a generated domain", ["count", "seed", "label", .. SampleChoice.Options]);
        int count = source.GetCount("count") ?? DefaultCount;
        long seed = source.GetCount("seed") ?? 0;
        string name = source.Path[Scheme.Length..];
        return name switch
        {
            "digits-clean" => Digits(source, DigitStrokes.Clean(count, seed), count),
            "digits-wild" => Digits(source, DigitStrokes.InTheWild(count, seed), count),
            "shift-source" => Points(source, CovariateShift.Draw(count, 1, seed).Source),
            "shift-target" => Points(source, CovariateShift.Draw(1, count, seed).Target),
            _ => throw new DataException($"'{source.Text}': there is no generated domain '{name}'; there are {Scheme}digits-clean and {Scheme}digits-wild, {Scheme}shift-source and {Scheme}shift-target"),
        };
    }

    private static Domain Digits(SourceString source, DigitImages images, int count)
    {
        source.GetWord("label", "digit");
        Tensor pixels = Tensor.From(images.Pixels, count, DigitImages.Channels, DigitImages.Side, DigitImages.Side);
        return Domain.FromTensor(source.Text, pixels, new Labels([.. Enumerable.Range(0, 10).Select(static digit => $"{digit}")], images.Labels));
    }

    private static Domain Points(SourceString source, CovariateShift.Side side)
    {
        // y is the number, class the class that is made of it.
        Labels labels = source.GetWord("label", "class", "y") == "y"
            ? Labels.FromNames([.. side.Values.Select(static value => value.ToString("R", CultureInfo.InvariantCulture))])
            : new Labels(["below", "above"], side.Labels);
        using TensorScope scope = TensorScope.Begin();
        return Domain.FromTensor(source.Text, scope.Keep(side.Samples().To(ScalarType.Float32)), labels);
    }
}
