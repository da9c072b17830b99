using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Acclimate.Data;

namespace Acclimate.Relations.Syntax;

/// <summary>One line of a file as its words, read from the front.</summary>
internal sealed class Line
{
    private static readonly string[] Symbols = ["<=>", "=>", "(", ")", "{", "}", ",", "=", "!", "^", "."];

    private readonly string file;
    private readonly int number;
    private readonly List<Token> tokens = [];
    private int at;

    private Line(string file, int number, string text)
    {
        (this.file, this.number) = (file, number);
        int i = 0;
        while (i < text.Length && !text.AsSpan(i).StartsWith("//"))
        {
            if (char.IsWhiteSpace(text[i]))
                i++;
            else
                i = Take(text, i);
        }

        tokens.Add(new Token(TokenKind.End, string.Empty, i + 1));
    }

    /// <summary>Every line of a text that says something.</summary>
    /// <exception cref="DataException">A line has letters that mean nothing.</exception>
    public static IEnumerable<Line> Of(string text, string file)
    {
        int number = 0;
        using StringReader reader = new(text.TrimStart('\uFEFF'));
        while (reader.ReadLine() is { } line)
        {
            Line found = new(file, ++number, line);
            if (found.tokens.Count > 1)
                yield return found;
        }
    }

    /// <summary>Its place in the file.</summary>
    public int Number => number;

    /// <summary>The next word.</summary>
    public Token Next => tokens[at];

    /// <summary>The word so many places behind the next.</summary>
    public Token Ahead(int places) => tokens[Math.Min(at + places, tokens.Count - 1)];

    /// <summary>The last word, before the end.</summary>
    public Token Last => tokens[^2];

    /// <summary>Takes the next word.</summary>
    public Token Take()
    {
        Token token = tokens[at];
        at = Math.Min(at + 1, tokens.Count - 1);
        return token;
    }

    /// <summary>Takes a symbol if it is next.</summary>
    public bool TryTake(string symbol)
    {
        if (!Next.Is(symbol))
            return false;
        Take();
        return true;
    }

    /// <summary>Takes a symbol.</summary>
    /// <param name="symbol">Which.</param>
    /// <param name="expected">What could stand here.</param>
    public void Expect(string symbol, string expected)
    {
        if (!TryTake(symbol))
            throw Fault(Next, $"found {Next.Shown}; expected {expected}");
    }

    /// <summary>Refuses what still stands in the line.</summary>
    public void ExpectEnd(string expected)
    {
        if (Next.Kind != TokenKind.End)
            throw Fault(Next, $"found {Next.Shown}; expected {expected}");
    }

    /// <summary>What is wrong at a word.</summary>
    public DataException Fault(Token token, string what) => new($"{file}:{number}:{token.Column}: {what}");

    /// <summary>Drops the last word.</summary>
    public void DropLast() => tokens.RemoveAt(tokens.Count - 2);

    private static bool IsNamed(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '\'' or '-';

    private int Take(string text, int start)
    {
        char first = text[start];
        if (first == '"')
            return TakeText(text, start);
        if (char.IsAsciiDigit(first) || ((first is '-' or '+' or '.') && start + 1 < text.Length && (char.IsAsciiDigit(text[start + 1]) || (first != '.' && text[start + 1] == '.'))))
            return TakeNumber(text, start);
        if (char.IsAsciiLetter(first) || first == '_')
        {
            int end = start;
            while (end < text.Length && IsNamed(text[end]))
                end++;
            tokens.Add(new Token(TokenKind.Name, text[start..end], start + 1));
            return end;
        }

        string? symbol = Array.Find(Symbols, s => text.AsSpan(start).StartsWith(s));
        if (symbol is null)
            ThrowUnknown(text, start);
        tokens.Add(new Token(TokenKind.Symbol, symbol, start + 1));
        return start + symbol.Length;
    }

    [DoesNotReturn]
    private void ThrowUnknown(string text, int start) =>
        throw new DataException($"{file}:{number}:{start + 1}: found '{Shown(text, start)}', which means nothing here; expected a name, a number, or one of ( ) {{ }} , = ! ^ v => <=> .");

    private static string Shown(string text, int at) => Rune.TryGetRuneAt(text, at, out Rune rune) && !Rune.IsControl(rune) ? rune.ToString() : $"U+{(int)text[at]:X4}";

    private int TakeText(string text, int start)
    {
        StringBuilder value = new();
        for (int i = start + 1; i < text.Length; i++)
        {
            if (text[i] == '"')
            {
                tokens.Add(new Token(TokenKind.Text, value.ToString(), start + 1));
                return i + 1;
            }

            if (text[i] == '\\' && i + 1 < text.Length)
                value.Append(text[++i] switch { 'n' => '\n', 'r' => '\r', char other => other });
            else
                value.Append(text[i]);
        }

        throw new DataException($"{file}:{number}:{start + 1}: this text does not end; expected '\"' before the end of the line");
    }

    /// <summary>A number, or a name that starts with a digit. A full stop with nothing of a number behind it is a word of its own.</summary>
    private int TakeNumber(string text, int start)
    {
        int end = start + 1;
        while (end < text.Length)
        {
            char c = text[end];
            bool exponentSign = (c is '-' or '+') && (text[end - 1] is 'e' or 'E');
            bool point = c == '.' && end + 1 < text.Length && char.IsAsciiDigit(text[end + 1]);
            if (!char.IsAsciiLetterOrDigit(c) && c != '_' && !exponentSign && !point)
                break;
            end++;
        }

        string value = text[start..end];
        bool isNumber = double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out _);
        if (!isNumber && !char.IsAsciiDigit(value[0]))
            throw new DataException($"{file}:{number}:{start + 1}: found '{value}'; expected a number");
        tokens.Add(new Token(isNumber ? TokenKind.Number : TokenKind.Name, value, start + 1));
        return end;
    }
}
