using System.Globalization;
using System.Numerics;
using System.Text;

namespace Acclimate.Torch;

/// <content>Instructions that make plain values and put them together.</content>
internal sealed partial class PickleMachine
{
    private const int LongestInteger = 255;

    /// <summary>Numbers, texts and bytes.</summary>
    private bool StepLiteral(PickleOpcode code)
    {
        switch (code)
        {
            case PickleOpcode.None:
                Push(null);
                return true;
            case PickleOpcode.NewTrue or PickleOpcode.NewFalse:
                Push(code == PickleOpcode.NewTrue);
                return true;
            case PickleOpcode.BinInt1:
                Push((long)source.ReadByte());
                return true;
            case PickleOpcode.BinInt2:
                Push((long)source.ReadNumber(2));
                return true;
            case PickleOpcode.BinInt:
                Push((long)(int)source.ReadNumber(4));
                return true;
            case PickleOpcode.Int:
                string number = source.ReadLine();
                Push(number is "00" or "01" ? number == "01" : Decimal(number));
                return true;
            case PickleOpcode.Long:
                Push(Decimal(source.ReadLine().TrimEnd('L')));
                return true;
            case PickleOpcode.Long1:
                Push(Binary(source.ReadByte()));
                return true;
            case PickleOpcode.Long4:
                Push(Binary(source.ReadNumber(4)));
                return true;
            case PickleOpcode.Float:
                Push(Fraction(source.ReadLine()));
                return true;
            case PickleOpcode.BinFloat:
                Push(source.ReadDouble());
                return true;
            case PickleOpcode.String:
                Push(Quoted(source.ReadLine()));
                return true;
            case PickleOpcode.Unicode:
                Push(Escaped(source.ReadLine(), 'u'));
                return true;
            case PickleOpcode.ShortBinString or PickleOpcode.ShortBinUnicode:
                Push(source.ReadText(source.ReadByte()));
                return true;
            case PickleOpcode.BinString or PickleOpcode.BinUnicode:
                Push(source.ReadText(source.ReadNumber(4)));
                return true;
            case PickleOpcode.BinUnicode8:
                Push(source.ReadText(source.ReadNumber(8)));
                return true;
            case PickleOpcode.ShortBinBytes:
                Push(source.ReadBytes(source.ReadByte()));
                return true;
            case PickleOpcode.BinBytes:
                Push(source.ReadBytes(source.ReadNumber(4)));
                return true;
            case PickleOpcode.BinBytes8 or PickleOpcode.ByteArray8:
                Push(source.ReadBytes(source.ReadNumber(8)));
                return true;
            default:
                return false;
        }
    }

    /// <summary>Tuples, lists, sets and dictionaries.</summary>
    private bool StepContainer(PickleOpcode code)
    {
        switch (code)
        {
            case PickleOpcode.EmptyTuple:
                Push(Array.Empty<object?>());
                return true;
            case PickleOpcode.Tuple1 or PickleOpcode.Tuple2 or PickleOpcode.Tuple3:
                object?[] items = new object?[code - PickleOpcode.Tuple1 + 1];
                for (int i = items.Length - 1; i >= 0; i--)
                    items[i] = Pop();
                Push(items);
                return true;
            case PickleOpcode.Tuple:
                Push(PopToMark());
                return true;
            case PickleOpcode.EmptyList or PickleOpcode.EmptySet:
                Push(new List<object?>());
                return true;
            case PickleOpcode.List or PickleOpcode.FrozenSet:
                Push(new List<object?>(PopToMark()));
                return true;
            case PickleOpcode.Append:
                object? item = Pop();
                List().Add(item);
                return true;
            case PickleOpcode.Appends or PickleOpcode.AddItems:
                object?[] more = PopToMark();
                List().AddRange(more);
                return true;
            case PickleOpcode.EmptyDict:
                Push(new PickleDictionary(PickleDictionary.Kind.Plain));
                return true;
            case PickleOpcode.Dict:
                object?[] pairs = PopToMark();
                Push(new PickleDictionary(PickleDictionary.Kind.Plain));
                AddPairs(pairs);
                return true;
            case PickleOpcode.SetItem:
                object? value = Pop();
                AddPairs([Pop(), value]);
                return true;
            case PickleOpcode.SetItems:
                AddPairs(PopToMark());
                return true;
            default:
                return false;
        }
    }

    private List<object?> List() => Peek() as List<object?> ?? throw Refusal($"something is put into {PickleDescription.Of(Peek())}, expected a list or a set");

    private void AddPairs(object?[] pairs)
    {
        if (Peek() is not PickleDictionary dictionary)
            throw Refusal($"a pair is put into {PickleDescription.Of(Peek())}, expected a dictionary");
        if (pairs.Length % 2 != 0)
            throw Refusal("a key has no value: the file is damaged");
        for (int i = 0; i < pairs.Length; i += 2)
            dictionary.Items.Add(new(pairs[i], pairs[i + 1]));
    }

    private object Binary(ulong bytes)
    {
        if (bytes > LongestInteger)
            throw Refusal($"found a whole number of {bytes} bytes, expected at most {LongestInteger}");
        return Narrowed(new BigInteger(source.ReadBytes(bytes)));
    }

    private object Decimal(string text) => text.Length <= LongestInteger && BigInteger.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out BigInteger number)
        ? Narrowed(number)
        : throw Refusal($"found '{Shown.Text(text)}', expected a whole number of at most {LongestInteger} digits");

    private static object Narrowed(BigInteger number) => number >= long.MinValue && number <= long.MaxValue ? (object)(long)number : number;

    private object Fraction(string text) => text switch
    {
        "inf" => double.PositiveInfinity,
        "-inf" => double.NegativeInfinity,
        "nan" or "-nan" => double.NaN,
        _ => text.Length <= LongestInteger && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
            ? number
            : throw Refusal($"found '{Shown.Text(text)}', expected a number"),
    };

    private string Quoted(string text)
    {
        if (text.Length < 2 || text[0] is not ('\'' or '"') || text[^1] != text[0])
            throw Refusal($"found {Shown.Text(text)}, expected a text in quotation marks");
        return Escaped(text[1..^1], 'x');
    }

    /// <summary>Undoes what protocol 0 does to texts: \uXXXX in those of Python 3, \xXX and the letters below in those of Python 2.</summary>
    private string Escaped(string text, char kind)
    {
        StringBuilder plain = new(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            char next = i + 1 < text.Length ? text[i + 1] : '\0';
            int digits = next == 'U' && kind == 'u' ? 8 : next != kind ? 0 : kind == 'u' ? 4 : 2;
            if (text[i] != '\\' || (kind == 'u' && digits == 0))
            {
                plain.Append(text[i]);
            }
            else if (digits > 0)
            {
                if (i + 2 + digits > text.Length
                    || !uint.TryParse(text.AsSpan(i + 2, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint letter) || letter > 0x10FFFF)
                    throw Refusal($"found the escape '{Shown.Text(text[i..Math.Min(text.Length, i + 2 + digits)])}', which stands for no letter");
                plain.Append(letter < 0x10000 ? ((char)letter).ToString() : char.ConvertFromUtf32((int)letter));
                i += 1 + digits;
            }
            else
            {
                plain.Append(next switch
                {
                    '\\' or '\'' or '"' => next,
                    'n' => '\n',
                    'r' => '\r',
                    't' => '\t',
                    _ => throw Refusal($"found the escape '\\{Shown.Text(next.ToString())}', which is not read"),
                });
                i++;
            }
        }

        return plain.ToString();
    }
}
