using System.Globalization;
using Acclimate.Data;

namespace Acclimate.Training;

/// <summary>Predictions as CSV: <c>sample,class,confidence</c>.</summary>
public static class PredictionTable
{
    /// <summary>Writes a line a sample, the columns' names first.</summary>
    /// <param name="found">What is said of the samples.</param>
    /// <param name="samples">The samples, which say what they are called.</param>
    /// <param name="writer">Where to.</param>
    public static void Write(Predictions found, Domain samples, TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(found);
        ArgumentNullException.ThrowIfNull(samples);
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteLine("sample,class,confidence");
        for (int i = 0; i < found.Indices.Count; i++)
        {
            int winner = found.Indices[i];
            string confidence = found.Probabilities[i][winner].ToString("0.####", CultureInfo.InvariantCulture);
            writer.WriteLine($"{Quoted(samples.Describe(i))},{Quoted(found.Classes[winner])},{confidence}");
        }
    }

    /// <summary>A field of CSV as RFC 4180 has it.</summary>
    /// <param name="field">The field.</param>
    public static string Quoted(string field)
    {
        ArgumentNullException.ThrowIfNull(field);
        return field.AsSpan().ContainsAny(",\"\r\n") ? $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : field;
    }
}
