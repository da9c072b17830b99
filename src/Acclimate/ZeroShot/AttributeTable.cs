using Acclimate.Data;
using Acclimate.Torch;

namespace Acclimate.ZeroShot;

/// <summary>What classes are like: a row of attributes a class, of classes with samples and of others.</summary>
public sealed class AttributeTable
{
    private readonly double[][] rows;

    /// <summary>Puts a table together.</summary>
    /// <param name="classes">The classes' names, each once; two or more.</param>
    /// <param name="rows">Each class's attributes: finite, as many for each, one at least.</param>
    /// <exception cref="ArgumentException">A class is named twice or has other attributes than the others, or a number is not finite.</exception>
    public AttributeTable(IReadOnlyList<string> classes, IReadOnlyList<double[]> rows)
    {
        ArgumentNullException.ThrowIfNull(classes);
        ArgumentNullException.ThrowIfNull(rows);
        if (classes.Count < 2 || rows.Count != classes.Count)
            throw new ArgumentException($"{rows.Count} rows of attributes were given for {classes.Count} classes; each class needs one, and there are two at least", nameof(rows));
        if (classes.GroupBy(static name => name, StringComparer.Ordinal).FirstOrDefault(static group => group.Skip(1).Any()) is { } twice)
            throw new ArgumentException($"class '{twice.Key}' has more than one row of attributes", nameof(classes));
        int wrong = Enumerable.Range(0, rows.Count).FirstOrDefault(i => rows[i].Length != rows[0].Length || rows[i].Length == 0 || !rows[i].All(double.IsFinite), -1);
        if (wrong >= 0)
            throw new ArgumentException($"class '{classes[wrong]}' has {rows[wrong].Length} attributes; expected {Math.Max(1, rows[0].Length)} finite numbers", nameof(rows));
        Classes = classes;
        this.rows = [.. rows];
    }

    /// <summary>The classes' names.</summary>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>a: how many attributes there are.</summary>
    public int Attributes => rows[0].Length;

    /// <summary>A table whose samples are classes: one row a class, its name the label.</summary>
    /// <param name="table">The table, labelled; rows of features.</param>
    /// <exception cref="DataException">It has no labels, a class has more than one row, or samples are no rows.</exception>
    public static AttributeTable Of(Domain table)
    {
        ArgumentNullException.ThrowIfNull(table);
        if (table.Labels is not { } labels)
            throw new DataException($"{table.Name} has no labels: a table of attributes names each row's class (a column such as 'class', or ?label=COLUMN)");
        if (table.SampleShape.Count != 1)
            throw new DataException($"{table.Name} holds {DomainPair.Kind(table.SampleShape)}; a table of attributes has a row of numbers a class");
        using Tensor read = table.Read([.. Enumerable.Range(0, table.Count)]);
        using Tensor wide = read.To(ScalarType.Float64);
        double[][] rows = [.. wide.ToArray<double>().Chunk((int)table.SampleShape[0])];
        try
        {
            return new AttributeTable([.. labels.Indices.Select(index => labels.Classes[index])], rows);
        }
        catch (ArgumentException e)
        {
            throw new DataException($"{table.Name}: {e.Message}", e);
        }
    }

    /// <summary>A class's attributes.</summary>
    /// <param name="of">The class, from 0.</param>
    public IReadOnlyList<double> this[int of] => rows[of];

    /// <summary>The attributes of some classes as rows: [classes, a], float64.</summary>
    /// <param name="of">Which, from 0.</param>
    public Tensor Rows(IEnumerable<int> of)
    {
        double[][] chosen = [.. of.Select(c => rows[c])];
        return Tensor.From<double>([.. chosen.SelectMany(static row => row)], chosen.Length, Attributes);
    }

    /// <summary>Where each of these classes is in the table.</summary>
    /// <param name="names">Classes' names.</param>
    /// <param name="whose">Whose they are, for a message.</param>
    /// <exception cref="DataException">One is not in the table.</exception>
    internal int[] Find(IEnumerable<string> names, string whose)
    {
        Dictionary<string, int> places = Enumerable.Range(0, Classes.Count).ToDictionary(i => Classes[i], static i => i, StringComparer.Ordinal);
        return [.. names.Select(name => places.TryGetValue(name, out int place)
            ? place
            : throw new DataException($"{whose} has samples of class '{name}', of which the table of attributes says nothing{NearestName.Hint(name, Classes)}"))];
    }
}
