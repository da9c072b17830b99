using Acclimate.Selection;

namespace Acclimate.Tests.Selection.Validators;

public sealed class ValidatorDocsTests
{
    /// <summary>docs/validators.md has a row for every validator, and none for what isn't there.</summary>
    [Fact]
    public void Docs_Table_NamesEveryValidatorOnce()
    {
        string page = File.ReadAllText(Path.Combine(Root(), "docs", "validators.md"));
        string[] rows = [.. page.Split('\n').Where(static line => line.StartsWith("| `", StringComparison.Ordinal)).Select(static line => line.Split('`')[1])];

        Assert.Equal(ValidatorCatalog.All.Select(static entry => entry.About.Name), rows.Order(StringComparer.Ordinal));
    }

    private static string Root()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Acclimate.slnx")))
            folder = folder.Parent;
        Assert.SkipWhen(folder is null, "the tests run outside the repository");
        return folder.FullName;
    }
}
