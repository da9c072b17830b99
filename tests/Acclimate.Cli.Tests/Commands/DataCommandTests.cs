using System.Text.Json;
using Acclimate.Downloads;
using Acclimate.TestSupport;

namespace Acclimate.Cli.Tests.Commands;

public sealed class DataCommandTests
{
    [Fact]
    public void List_NamesEverySetAndWhereItIsFrom()
    {
        using TemporaryFolder folder = new();
        Answer answer = Session.Run("data", "list", "--folder", folder.Path);
        Assert.Equal(ExitCode.Success, answer.ExitCode);
        Assert.All(DataCatalogue.All, set => Assert.Contains($"{set.Name}, ", answer.Out, StringComparison.Ordinal));
        Assert.Contains("mnist, 11.6 MB: not there", answer.Out, StringComparison.Ordinal);
        Assert.Contains("bring your own", answer.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void List_Json_HasHashesAndAddresses()
    {
        using TemporaryFolder folder = new();
        using JsonDocument list = JsonDocument.Parse(Session.Run("data", "list", "--json", "--folder", folder.Path).Out);
        JsonElement usps = list.RootElement.EnumerateArray().Single(static set => set.GetProperty("name").GetString() == "usps");
        Assert.False(usps.GetProperty("can_be_fetched").GetBoolean());
        Assert.Equal("048eff1559b94d18b77aba7c4c6ecde45b23a4b9ffb54295d885eff994744e3d", usps.GetProperty("files")[0].GetProperty("sha256").GetString());
    }

    [Fact]
    public void Get_FromAMirror_FetchesWhatIsMissingAndLeavesTheRest()
    {
        byte[] usps = RealFile("usps/usps.npz");
        using TemporaryFolder folder = new();
        using LocalServer server = LocalServer.Of(usps);
        string[] command = ["data", "get", "usps", "--folder", folder.Path, "--mirror", server.Address.AbsoluteUri];
        Answer first = Session.Run(command), second = Session.Run(command);
        Assert.Equal(ExitCode.Success, first.ExitCode);
        Assert.StartsWith("usps: USPS", first.Out, StringComparison.Ordinal);
        Assert.Contains("\nLicence  none stated", first.Out, StringComparison.Ordinal);
        Assert.Contains("✓ usps/usps.npz\n", first.Out, StringComparison.Ordinal);
        Assert.Equal(usps, File.ReadAllBytes(folder.In("usps/usps.npz")));
        Assert.Equal(ExitCode.Success, second.ExitCode);
        Assert.Contains("✓ usps/usps.npz is there already", second.Out, StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Fact]
    public void Get_WithoutAnAddress_SaysToBringItWithHashAndPlace()
    {
        using TemporaryFolder folder = new();
        Answer answer = Session.Run("data", "get", "pacs-deep", "--folder", folder.Path);
        Assert.Equal(ExitCode.Failure, answer.ExitCode);
        string words = answer.Out.ReplaceLineEndings(" ");
        Assert.Contains($"Bring your own, and put it at {folder.In("pacs/photo")}", words, StringComparison.Ordinal);
        Assert.Contains("over all of its files, is b0088d7b383028a8e38e942a12ee0991aaedd54fcce1cf5aa251b28d41924f19", words, StringComparison.Ordinal);
    }

    [Fact]
    public void Get_AnotherFileIsThere_IsNotOverwritten()
    {
        using TemporaryFolder folder = new();
        Directory.CreateDirectory(folder.In("mnist"));
        foreach (DataSetFile file in DataCatalogue.Find("mnist")[0].Files)
            File.WriteAllText(file.In(folder.Path), "mine");
        Answer answer = Session.Run("data", "get", "mnist", "--folder", folder.Path);
        Assert.Equal(ExitCode.Failure, answer.ExitCode);
        Assert.Contains("move it away", answer.Out.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(folder.In("mnist/t10k-labels-idx1-ubyte.gz")));
    }

    [Fact]
    public void Verify_SaysWhichSuitesCanRun()
    {
        byte[] reviews = RealFile("amazon_reviews_400/books_400.mat");
        using TemporaryFolder folder = new();
        Directory.CreateDirectory(folder.In("amazon_reviews_400"));
        foreach (string name in (string[])["books", "dvd", "elec"])
            File.WriteAllBytes(folder.In($"amazon_reviews_400/{name}_400.mat"), RealFile($"amazon_reviews_400/{name}_400.mat"));
        Answer partly = Session.Run("data", "verify", "--folder", folder.Path);
        Assert.Equal(ExitCode.Success, partly.ExitCode);
        Assert.Contains("✗ amazon_reviews_400      3 of 4 files right\n    amazon_reviews_400/kitchen_400.mat is missing", partly.Out, StringComparison.Ordinal);
        Assert.Contains("Can run  no suite", partly.Out, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Failure, Session.Run("data", "verify", "amazon-400", "--folder", folder.Path).ExitCode);

        File.WriteAllBytes(folder.In("amazon_reviews_400/kitchen_400.mat"), RealFile("amazon_reviews_400/kitchen_400.mat"));
        Answer whole = Session.Run("data", "verify", "amazon-400", "--folder", folder.Path);
        Assert.Equal(ExitCode.Success, whole.ExitCode);
        Assert.Contains("Can run  amazon-400", whole.Out, StringComparison.Ordinal);

        reviews[100] ^= 1;
        File.WriteAllBytes(folder.In("amazon_reviews_400/books_400.mat"), reviews);
        Answer damaged = Session.Run("data", "verify", "--folder", folder.Path);
        Assert.Equal(ExitCode.Failure, damaged.ExitCode);
        Assert.Contains("books_400.mat is not the known one", damaged.Out.ReplaceLineEndings(" "), StringComparison.Ordinal);
        using JsonDocument found = JsonDocument.Parse(Session.Run("data", "verify", "amazon-400", "--folder", folder.Path, "--json").Out);
        Assert.Equal("differs", found.RootElement.GetProperty("sets")[0].GetProperty("files")[0].GetProperty("state").GetString());
    }

    [Theory]
    [InlineData("there is no data set or suite 'mnsit'", "data", "get", "mnsit", "--folder", "x")]
    [InlineData("there is no data set or suite 'digits'", "data", "verify", "digits", "--folder", "x")]
    [InlineData("acclimate data get --help", "data", "get")]
    public void WrongUse_IsSaid(string reason, params string[] arguments)
    {
        Answer answer = Session.Run(arguments);
        Assert.Equal(ExitCode.WrongUse, answer.ExitCode);
        Assert.Contains(reason, answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Folder_NotNamed_IsAskedFor()
    {
        string? before = Environment.GetEnvironmentVariable("ACCLIMATE_DATA");
        Environment.SetEnvironmentVariable("ACCLIMATE_DATA", null);
        try
        {
            foreach (string command in (string[])["get", "verify"])
            {
                Answer answer = Session.Run("data", command, "mnist");
                Assert.Equal(ExitCode.WrongUse, answer.ExitCode);
                Assert.Contains("--folder FOLDER, or set ACCLIMATE_DATA", answer.Error, StringComparison.Ordinal);
            }

            Assert.Contains("No data folder is named", Session.Run("data", "list").Out, StringComparison.Ordinal);
        }
        finally
        {
            Environment.SetEnvironmentVariable("ACCLIMATE_DATA", before);
        }
    }

    [Fact]
    public void Verify_NoSuchFolder_IsSaid()
    {
        Answer answer = Session.Run("data", "verify", "--folder", "/nonexistent/data");
        Assert.Equal(ExitCode.Failure, answer.ExitCode);
        Assert.StartsWith("error: /nonexistent/data: no such folder", answer.Error, StringComparison.Ordinal);
    }

    private static byte[] RealFile(string name)
    {
        string? root = Environment.GetEnvironmentVariable("ACCLIMATE_DATA");
        Assert.SkipWhen(string.IsNullOrEmpty(root), "ACCLIMATE_DATA does not name the benchmark data");
        string path = Path.Combine(root!, name);
        Assert.SkipUnless(File.Exists(path), $"{path} is not there");
        return File.ReadAllBytes(path);
    }
}
