using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace Acclimate.Reports.Html;

/// <summary>
/// Pages that need nothing but themselves: no network, no script, no font. What goes into them is escaped, whatever it
/// holds, and they are well-formed XML besides.
/// </summary>
internal static class Markup
{
    private static readonly HashSet<string> Void = ["meta", "br", "hr", "input", "col"];

    /// <summary>An element: attributes, text, elements, lists of these; what is null is left out.</summary>
    public static XElement Tag(string name, params object?[] content) => new(name, content);

    /// <summary>An attribute.</summary>
    public static XAttribute Has(string name, object value) => new(name, value is IFormattable number ? Coordinate(number) : value);

    /// <summary>A class.</summary>
    public static XAttribute Class(string names) => new("class", names);

    /// <summary>A number in a drawing: two decimals, in the invariant form.</summary>
    public static string Coordinate(IFormattable number) => number.ToString("0.##", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>A part of a page under a heading of its own; nothing where there is nothing to show.</summary>
    public static XElement? Section(string title, params object?[] content) =>
        content.All(static part => part is null) ? null : Tag("section", Tag("h2", title), content);

    /// <summary>A table that scrolls by itself where it is wider than the page.</summary>
    /// <param name="caption">What it shows.</param>
    /// <param name="names">The class of the table.</param>
    /// <param name="rows">Its <c>thead</c> and <c>tbody</c>.</param>
    public static XElement Table(string caption, string names, params object?[] rows) => Tag(
        "div", Class("scroll"), Has("role", "region"), Has("aria-label", caption), Has("tabindex", "0"),
        Tag("table", Class(names), Tag("caption", Tag("span", caption)), rows));

    /// <summary>A row of headings, those of figures to the right.</summary>
    /// <param name="names">The headings; one that ends with a tab is of words, and stands left, as the first does.</param>
    public static XElement Head(params string[] names) => Tag(
        "thead", Tag("tr", names.Select(static (name, i) => Tag("th", Has("scope", "col"), i == 0 || name.EndsWith('\t') ? null : Class("number"), name.TrimEnd('\t')))));

    /// <summary>The page as it is written to a file.</summary>
    /// <param name="title">What the window is called.</param>
    /// <param name="body">What it holds.</param>
    public static string Page(string title, params object?[] body)
    {
        XElement page = Tag(
            "html", Has("lang", "en"),
            Tag(
                "head",
                Tag("meta", Has("charset", "utf-8")),
                Tag("meta", Has("name", "viewport"), Has("content", "width=device-width, initial-scale=1")),
                Tag("meta", Has("name", "color-scheme"), Has("content", "light dark")),
                Tag("title", title),
                Tag("style", Style.Value)),
            Tag("body", Tag("main", body)));
        foreach (XElement element in page.DescendantsAndSelf())
            Clean(element);
        return "<!DOCTYPE html>\n" + page.ToString(SaveOptions.DisableFormatting) + "\n";
    }

    /// <summary>The style sheet: it has no character that would have to be escaped, which a browser would not undo there.</summary>
    private static readonly Lazy<string> Style = new(static () =>
    {
        using Stream stream = typeof(Markup).Assembly.GetManifestResourceStream("report.css")!;
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    });

    /// <summary>Closes what a browser wants closed, replaces characters that no page may have, and keeps a figure with its unit.</summary>
    private static void Clean(XElement element)
    {
        if (element.IsEmpty && !Void.Contains(element.Name.LocalName))
            element.Add(string.Empty);
        foreach (XText text in element.Nodes().OfType<XText>())
            text.Value = element.Name == "pre" || element.Name == "style" ? Clean(text.Value) : Clean(text.Value).Replace(" %", "\u00A0%", StringComparison.Ordinal);
        foreach (XAttribute attribute in element.Attributes())
            attribute.Value = Clean(attribute.Value);
    }

    private static string Clean(string text)
    {
        if (text.AsSpan().IndexOfAnyExceptInRange(' ', '~') < 0)
            return text;
        StringBuilder clean = new(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
            clean.Append(rune.Value > 0xFFFF || XmlConvert.IsXmlChar((char)rune.Value) ? rune.ToString() : "\uFFFD");
        return clean.ToString();
    }
}
