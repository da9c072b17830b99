using System.Globalization;
using System.Text;
using Acclimate.Data;
using Acclimate.Torch;

namespace Acclimate.Tests.Runs;

/// <summary>Toy domains as files.</summary>
internal static class Tables
{
    /// <summary>Writes <see cref="Toy.Blobs"/> as a table with a label column, and gives its source string.</summary>
    public static string Write(string path, int count, long seed, double shift, Func<int, int>? label = null)
    {
        using Domain domain = Toy.Blobs("toy", count, seed, shift);
        using Tensor samples = domain.Read([.. Enumerable.Range(0, count)]);
        float[] values = samples.ToArray<float>();
        StringBuilder text = new("a,b,c,d,e,f,kind\n");
        for (int i = 0; i < count; i++)
        {
            int kind = domain.Labels!.Indices[i];
            text.AppendJoin(',', values[(i * 6)..((i + 1) * 6)].Select(static v => v.ToString("R", CultureInfo.InvariantCulture)))
                .Append(',').Append(domain.Labels.Classes[label?.Invoke(kind) ?? kind]).Append('\n');
        }

        File.WriteAllText(path, text.ToString());
        return path + "?label=kind";
    }

    /// <summary>The same with names for the classes sample by sample, or without a label column where the names are none.</summary>
    public static string Named(string path, int count, long seed, float shift, Func<int, string?>? named = null)
    {
        using Domain domain = Toy.Blobs("toy", count, seed, shift);
        using Tensor samples = domain.Read([.. Enumerable.Range(0, count)]);
        float[] values = samples.ToArray<float>();
        bool labelled = named is null || named(0) is not null;
        StringBuilder text = new($"a,b,c,d,e,f{(labelled ? ",kind" : string.Empty)}\n");
        for (int i = 0; i < count; i++)
        {
            int label = domain.Labels!.Indices[i];
            text.AppendJoin(',', values[(i * 6)..((i + 1) * 6)].Select(static v => v.ToString("R", CultureInfo.InvariantCulture)));
            text.Append(labelled ? $",{(named is null ? domain.Labels.Classes[label] : named(label))}" : string.Empty).Append('\n');
        }

        File.WriteAllText(path, text.ToString());
        return path + (labelled ? "?label=kind" : string.Empty);
    }
}
