namespace Acclimate.Selection.Planning;

/// <summary>Words as a shell takes them.</summary>
public static class Shell
{
    /// <summary>A word as it stands where a shell reads nothing into it, else in quotes.</summary>
    /// <param name="word">The word, such as a source string.</param>
    public static string Quoted(string word)
    {
        ArgumentNullException.ThrowIfNull(word);
        bool plain = word.Length > 0 && word.All(static c => char.IsLetterOrDigit(c) || c is '/' or '.' or '-' or '_' or '=' or ':' or ',');
        return plain ? word : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
    }
}
