using System.Text.Json.Nodes;
using Acclimate.Reports;

namespace Acclimate.Tests.Reports;

/// <summary>The pages in a real browser.</summary>
public sealed class BrowserTests : IDisposable
{
    /// <summary>
    /// Every text and mark with too little contrast (WCAG 2.2 AA: 4.5 for text, 3 for large or bold text and for marks)
    /// against what lies behind it, half-transparent layers laid over each other.
    /// </summary>
    private const string Contrast = """
        (() => {
          const parse = text => { const n = text.match(/[\d.]+/g).map(Number); return { rgb: n.slice(0, 3), a: n.length > 3 ? n[3] : 1 }; };
          const over = (top, below) => top.rgb.map((c, i) => c * top.a + below[i] * (1 - top.a));
          const light = rgb => { const [r, g, b] = rgb.map(c => { c /= 255; return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
          const behind = node => {
            const layers = [];
            for (let e = node; e; e = e.parentElement) layers.push(parse(getComputedStyle(e).backgroundColor));
            return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255]);
          };
          const ratio = (colour, node) => { const back = behind(node), a = light(over(colour, back)), b = light(back); return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05); };
          const faults = [];
          let looked = 0;
          const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          while (walker.nextNode()) {
            const node = walker.currentNode, parent = node.parentElement;
            if (!node.data.trim() || !parent.getClientRects().length) continue;
            const style = getComputedStyle(parent), svg = parent.closest('svg'), size = parseFloat(style.fontSize);
            const found = ratio(parse(svg ? style.fill : style.color), svg ? svg.parentElement : parent);
            looked++;
            if (found < (size >= 24 || (size >= 18.66 && style.fontWeight >= 700) ? 3 : 4.5)) faults.push(found.toFixed(2) + ' ' + node.data.slice(0, 30));
          }
          for (const mark of document.querySelectorAll('svg .solid, svg .hollow, svg .curve')) {
            if (!mark.getClientRects().length) continue;
            const style = getComputedStyle(mark), solid = mark.classList.contains('solid');
            const colour = parse(solid ? style.fill : style.stroke);
            colour.a *= parseFloat(solid ? style.fillOpacity : style.strokeOpacity);
            const found = ratio(colour, mark.closest('svg').parentElement);
            looked++;
            if (found < 3) faults.push(found.toFixed(2) + ' ' + mark.getAttribute('class'));
          }
          return { looked, faults };
        })()
        """;

    private readonly string folder = Directory.CreateTempSubdirectory("acclimate-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Report_InLightAndDarkOnPhoneAndDesk_FitsReadsAndFetchesNothing()
    {
        using Browser browser = await Browser.StartAsync();
        (string Name, string Page)[] pages =
        [
            ("labelled", HtmlReport.Page(Hedged(Samples.Contents()))),
            ("unlabelled", HtmlReport.Page(Samples.Contents(labelled: false))),
            ("many", HtmlReport.Page(Samples.Contents(classes: 30))),
            ("comparison", ComparisonPage.Of(ComparisonTests.Made(9))),
        ];
        foreach ((string name, string page) in pages)
        {
            string file = Path.Combine(folder, $"{name}.html");
            await File.WriteAllTextAsync(file, page, TestContext.Current.CancellationToken);
            foreach ((int width, string scheme) in ((int, string)[])[(320, "light"), (320, "dark"), (1280, "light"), (1280, "dark")])
            {
                await browser.OpenAsync(file, width, scheme);
                string shown = $"{name}, {width} wide, {scheme}";

                double wide = (await browser.EvaluateAsync("Math.max(document.documentElement.scrollWidth, document.body.scrollWidth)"))!.GetValue<double>();
                Assert.True(wide <= width, $"{shown}: the page is {wide} wide");
                JsonNode contrast = (await browser.EvaluateAsync(Contrast))!;
                Assert.True(contrast["looked"]!.GetValue<int>() > 20, shown);
                Assert.True(contrast["faults"]!.AsArray().Count == 0, $"{shown}: {contrast["faults"]!.ToJsonString()}");
                Assert.DoesNotContain(browser.Events, static one => one.Method is "Runtime.consoleAPICalled" or "Runtime.exceptionThrown" or "Log.entryAdded");
                string request = Assert.Single(browser.Events, static one => one.Method == "Network.requestWillBeSent").Parameters["request"]!["url"]!.GetValue<string>();
                Assert.StartsWith("file:", request, StringComparison.Ordinal);
            }
        }
    }

    /// <summary>What the other tests look with sees what is wrong: pale text, a pale mark, and a page that is too wide.</summary>
    [Fact]
    public async Task Contrast_OfAPageThatIsTooPaleAndTooWide_IsFound()
    {
        using Browser browser = await Browser.StartAsync();
        string file = Path.Combine(folder, "bad.html");
        await File.WriteAllTextAsync(
            file,
            """
            <!DOCTYPE html><meta name="viewport" content="width=device-width"><body style="background: #fff; min-width: 700px">
            <p style="color: #8a8a8a">pale</p><p style="color: #333; background: rgb(0 0 0 / .7)">dark on dark</p><p style="color: #595959">good</p>
            <svg width="20" height="20"><path class="solid" style="fill: #ffcc00" d="M0 0h9v9z"/></svg>
            """,
            TestContext.Current.CancellationToken);
        await browser.OpenAsync(file, 320, "light");

        Assert.Equal(["3.45 pale", "1.48 dark on dark", "1.51 solid"], (await browser.EvaluateAsync(Contrast))!["faults"]!.AsArray().Select(static fault => (string)fault!));
        Assert.True((await browser.EvaluateAsync("document.documentElement.scrollWidth"))!.GetValue<double>() > 320);
    }

    private static ReportContents Hedged(ReportContents contents) => contents with { Result = contents.Result with { Guard = Samples.Guard(labelled: true) } };

    /// <summary>The choices are plain form controls and styles: no script is in the page.</summary>
    [Fact]
    public async Task Report_AChoiceIsMade_ShowsTheOtherDrawing()
    {
        using Browser browser = await Browser.StartAsync();
        string file = Path.Combine(folder, "report.html");
        await File.WriteAllTextAsync(file, HtmlReport.Page(Samples.Contents()), TestContext.Current.CancellationToken);
        await browser.OpenAsync(file, 1280, "light");
        const string Shown = "[...document.querySelectorAll('figure .by-domain, figure .by-class')].filter(e => e.getClientRects().length).map(e => e.parentElement.className + ' ' + e.className).join(', ')";

        Assert.Equal("tsne by-domain, tsne by-domain", (string?)await browser.EvaluateAsync(Shown));
        await browser.EvaluateAsync("document.getElementById('layout-pca').parentElement.click()");
        await browser.EvaluateAsync("document.getElementById('marks-class').parentElement.click()");
        Assert.Equal("pca by-class, pca by-class", (string?)await browser.EvaluateAsync(Shown));
    }

    /// <summary>On paper, dark or not, ink is on white.</summary>
    [Fact]
    public async Task Report_Printed_IsDarkOnWhite()
    {
        using Browser browser = await Browser.StartAsync();
        string file = Path.Combine(folder, "report.html");
        await File.WriteAllTextAsync(file, HtmlReport.Page(Samples.Contents()), TestContext.Current.CancellationToken);
        await browser.OpenAsync(file, 800, "dark", "print");

        Assert.Equal("rgb(255, 255, 255)", (string?)await browser.EvaluateAsync("getComputedStyle(document.body).backgroundColor"));
        Assert.Equal("rgb(0, 0, 0)", (string?)await browser.EvaluateAsync("getComputedStyle(document.body).color"));
        JsonNode contrast = (await browser.EvaluateAsync(Contrast))!;
        Assert.True(contrast["faults"]!.AsArray().Count == 0, contrast["faults"]!.ToJsonString());
    }
}
