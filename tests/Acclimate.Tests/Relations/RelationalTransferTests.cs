using Acclimate.Data;
using Acclimate.Relations;
using Acclimate.Relations.Generated;
using Acclimate.Relations.Learning;
using Acclimate.Relations.Transfer;

namespace Acclimate.Tests.Relations;

public sealed class RelationalTransferTests
{
    private static readonly GeneratedRelations Movie = GeneratedRelations.Movie, University = GeneratedRelations.University;

    [Fact]
    public void Mapping_OfAClause_IsLegalWhereEveryTypeBecomesOneType()
    {
        MarkovNetwork source = MarkovNetwork.Parse("Publication(title, person)\nAdvisedBy(person, person)\n1 !Publication(t, x) v AdvisedBy(x, y)");
        PredicateMapping[] found = [.. PredicateMapping.All(source.Predicates, Movie.Network.Predicates)];

        // Publication(title, person) can be any of two arguments, but AdvisedBy can't be InMovie, whose first argument is no person.
        Assert.Equal(
            ["Publication → InMovie, AdvisedBy → WorkedUnder", "Publication → WorkedUnder, AdvisedBy → WorkedUnder"],
            found.Select(static mapping => mapping.ToString()).Order(StringComparer.Ordinal));
        Assert.Equal("!InMovie(t, x) v WorkedUnder(x, y)", found.Select(mapping => mapping.Map(source.Clauses[0].Clause)!.ToString()).Order(StringComparer.Ordinal).First());
    }

    [Fact]
    public void Template_OfCliques_IsTheSameWhateverThePredicates()
    {
        Clause One(string text) => MarkovNetwork.Parse("P(a, b)\nQ(b, b)\n1 " + text).Clauses[0].Clause;
        Assert.Equal(CliqueTemplate.Of(One("P(x, y) v P(x, z) v Q(y, z)")).Text, CliqueTemplate.Of(One("P(k, m) v Q(n, m) v P(k, n)")).Text);
        Assert.NotEqual(CliqueTemplate.Of(One("P(x, y) v Q(y, z)")).Text, CliqueTemplate.Of(One("P(x, y) v Q(z, y)")).Text);

        Clause[] target = [.. CliqueTemplate.Of(One("P(x, y) v P(x, z) v Q(y, z)")).In(Movie.Network.Predicates)];
        Assert.Equal(["InMovie(x, y) v InMovie(x, z) v WorkedUnder(y, z)"], target.Select(static clique => clique.ToString()));
    }

    [Fact]
    public void Diagnosis_OfARule_CountsWhatItSaysAndWhatItMisses()
    {
        MarkovNetwork network = MarkovNetwork.Parse("person = {A, B, C, D}\nSmokes(person)\nCancer(person)\n1 !Smokes(x) v Cancer(x)");
        RelationalData data = new(network, [FactBase.Parse("Smokes(A)\nSmokes(B)\nCancer(A)\nCancer(C)", network)], network.Predicates);
        SelfDiagnosis found = SelfDiagnosis.Of(network.Clauses[0].Clause, data);

        // It speaks of A, rightly, and of B, wrongly; C has cancer though it says nothing of C.
        Assert.Equal(new SelfDiagnosis(1, 1, 1), found);
        Assert.Equal(0.5, found.TooShort);
        Assert.Equal(0.5, found.TooLong);
    }

    // The generating clauses of the university, the movies' facts: each clause has one counterpart that the movies were drawn from.
    [Fact]
    public void Tamar_OfTheUniversity_FindsTheMoviesClauses()
    {
        FactBase[] movies = [.. Enumerable.Range(0, 2).Select(static number => Movie.World(5, number))];
        TransferredNetwork found = new Tamar().Transfer(new RelationalDomain(University.Network, []), new RelationalDomain(Movie.Declarations, movies), Movie.Asked);

        Assert.Contains(found.Notes, static note => note.To == "!InMovie(t, x) v !InMovie(t, y) v !Director(y) v !WorkedUnder(x, y)");
        Assert.Contains(found.Learnt.Network.Clauses, static clause => clause.Clause.ToString() == "!InMovie(t, x) v !InMovie(t, y) v !Director(y) v !WorkedUnder(x, y)" && clause.Weight < -1);
        Assert.True(found.Learnt.Weighted < 0);
    }

    [Fact]
    public void Transfer_TheSameFacts_GivesTheSameBits()
    {
        RelationalDomain source = new(University.Network, [University.World(1, 0)]), target = new(Movie.Declarations, [Movie.World(1, 0)]);
        foreach (RelationalTransfer method in (RelationalTransfer[])[new Tamar { Discover = 0 }, new DeepTransfer { Longer = 0 }])
            Assert.Equal(method.Transfer(source, target, Movie.Asked).Learnt.Network.ToString(), method.Transfer(source, target, Movie.Asked).Learnt.Network.ToString());
    }

    [Fact]
    public void Transfer_NothingToTransfer_IsRefused()
    {
        RelationalDomain target = new(Movie.Declarations, [Movie.World(1, 0)]);
        Assert.Contains("nothing to map", Assert.Throws<DataException>(() => new Tamar().Transfer(new(University.Declarations, []), target)).Message, StringComparison.Ordinal);
        Assert.Contains("source's facts", Assert.Throws<DataException>(() => new DeepTransfer().Transfer(new(University.Declarations, []), target)).Message, StringComparison.Ordinal);
        Assert.Throws<DataException>(() => new Tamar().Transfer(new(University.Network, []), new(Movie.Declarations, [])));
        Assert.Throws<ArgumentException>(() => new Tamar { Threshold = 2 }.Validate());
        Assert.Throws<ArgumentException>(() => new DeepTransfer { Literals = 9 }.Validate());
    }

    [Fact]
    public void World_OfASeed_IsTheSame_AndKeepsWhatMustHold()
    {
        FactBase world = Movie.World(3, 1);
        Assert.Equal(world.Facts, Movie.World(3, 1).Facts);
        Assert.NotEqual(world.Facts, Movie.World(3, 2).Facts);
        Assert.DoesNotContain(world.Facts, static fact => fact.Predicate.Name == "WorkedUnder" && fact.Things[0] == fact.Things[1]);

        // Everybody is named, so that the world has its 26 people.
        Assert.Equal(26, world.Facts.SelectMany(static fact => fact.Predicate.Types.Zip(fact.Things)).Where(static pair => pair.First == "person").Select(static pair => pair.Second).Distinct().Count());
    }

    // Who smokes has cancer, mostly: that clause, or the same with other signs, is what there is to find; P is of no use.
    [Fact]
    public void Structure_OfDependentPredicates_FindsTheDependence()
    {
        MarkovNetwork network = MarkovNetwork.Parse("Smokes(person)\nCancer(person)\nP(person)");
        string facts = string.Concat(Enumerable.Range(0, 40).Select(static i => $"{(i % 2 == 0 ? $"Smokes(A{i})\n" : string.Empty)}{(i % 2 == 0 != (i % 10 == 3) ? $"Cancer(A{i})\n" : string.Empty)}{(i % 4 < 2 ? $"P(A{i})\n" : $"!P(A{i})\n")}"));
        LearntNetwork found = StructureLearning.Learn(network, [FactBase.Parse(facts, network)]);

        Clause only = Assert.Single(found.Network.Clauses, static clause => clause.Clause.Literals.Count > 1).Clause;
        Assert.Equal(["Cancer", "Smokes"], only.Literals.Select(static literal => literal.Predicate.Name).Order(StringComparer.Ordinal));
    }
}
