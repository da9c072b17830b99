namespace Acclimate.Relations.Syntax;

/// <summary>What kind of word stands in a line.</summary>
internal enum TokenKind
{
    Name,
    Text,
    Number,
    Symbol,
    End,
}

/// <summary>A word of a line.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Value">What it says; of a text, without its quotes.</param>
/// <param name="Column">Where it starts, from 1.</param>
internal readonly record struct Token(TokenKind Kind, string Value, int Column)
{
    /// <summary>As messages show it.</summary>
    public string Shown => Kind switch
    {
        TokenKind.End => "the end of the line",
        TokenKind.Text => $"\"{Value}\"",
        _ => $"'{Value}'",
    };

    public bool Is(string symbol) => Kind == TokenKind.Symbol && Value == symbol;
}
