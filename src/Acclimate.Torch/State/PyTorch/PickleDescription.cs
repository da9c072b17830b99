using System.Globalization;
using System.Numerics;

namespace Acclimate.Torch;

/// <summary>Values of a pickle in words.</summary>
internal static class PickleDescription
{
    /// <summary>What a value is.</summary>
    public static string Of(object? value) => value switch
    {
        null => "None",
        bool or long or BigInteger or double => Plain(value)!,
        string { Length: <= 40 } text => $"'{Shown.Text(text)}'",
        string text => $"a text of {text.Length} letters",
        byte[] bytes => $"{bytes.Length} bytes",
        List<object?> list => $"a list of {list.Count}",
        object?[] tuple => $"a tuple of {tuple.Length}",
        PickleDictionary dictionary => $"a dictionary of {dictionary.Items.Count}",
        PickleTensor tensor => $"a tensor [{string.Join(", ", tensor.Shape)}]",
        PickleFunction function => function.Name,
        PickleStorageType type => $"the storage class of {type.Type}",
        PickleStorage => "a storage",
        _ => "something else",
    };

    /// <summary>A plain value as a text; none for any other.</summary>
    public static string? Plain(object? value) => value switch
    {
        bool truth => truth ? "true" : "false",
        long or BigInteger or double => string.Create(CultureInfo.InvariantCulture, $"{value}"),
        string text => text,
        _ => null,
    };
}
