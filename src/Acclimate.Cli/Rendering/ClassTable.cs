namespace Acclimate.Cli.Rendering;

/// <summary>Each class's share that is right, and what it is mistaken for.</summary>
internal static class ClassTable
{
    /// <summary>Writes a line for each class that has samples.</summary>
    /// <param name="confusion">How often each true class (row) was taken for each class (column).</param>
    /// <param name="classes">The classes' names.</param>
    /// <param name="screen">Where to.</param>
    public static void Write(IReadOnlyList<IReadOnlyList<long>> confusion, IReadOnlyList<string> classes, Screen screen)
    {
        screen.Out.WriteLine("Class                 samples     right   mostly mistaken for");
        for (int truth = 0; truth < confusion.Count; truth++)
        {
            long all = confusion[truth].Sum();
            if (all == 0)
                continue;
            (long wrong, int other) = confusion[truth].Select((n, i) => (i == truth ? 0 : n, i)).Max();
            string mistaken = wrong == 0 ? string.Empty : $"{Cut(classes[other])} ({Numbers.Percent((double)wrong / all)})";
            screen.Out.WriteLine($"{Cut(classes[truth]),-20} {Numbers.Count(all),8}  {Numbers.Percent((double)confusion[truth][truth] / all),8}   {mistaken}".TrimEnd());
        }
    }

    private static string Cut(string name) => name.Length <= 20 ? name : name[..19] + "…";
}
