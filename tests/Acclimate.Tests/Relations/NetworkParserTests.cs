using Acclimate.Data;
using Acclimate.Relations;
using Acclimate.TestSupport;
using FsCheck;
using FsCheck.Fluent;

namespace Acclimate.Tests.Relations;

public sealed class NetworkParserTests
{
    private const string Declared = "Smokes(person)\nCancer(person)\nFriends(person, person)\n";

    [Theory]
    [InlineData("1.5 Smokes(x) => Cancer(x)", "1.5  !Smokes(x) v Cancer(x)")]
    [InlineData("Smokes(x) ^ Friends(x,y) => Smokes(y) .", "!Smokes(x) v !Friends(x, y) v Smokes(y).")]
    [InlineData("-2 !(Smokes(x) v Cancer(x))", "-1  !Smokes(x) | -1  !Cancer(x)")]
    [InlineData("3 Smokes(x) <=> Cancer(x)", "1.5  !Smokes(x) v Cancer(x) | 1.5  Smokes(x) v !Cancer(x)")]
    [InlineData("Smokes(x) => Cancer(x) => Smokes(y)", "0  !Smokes(x) v !Cancer(x) v Smokes(y)")]
    [InlineData("1 !!Smokes(Anna) v Cancer(\"von B.\") // a remark", "1  Smokes(Anna) v Cancer(\"von B.\")")]
    [InlineData("1 Smokes(x) v Cancer(x) ^ Smokes(y)", "0.5  Smokes(x) v Cancer(x) | 0.5  Smokes(x) v Smokes(y)")]
    public void Parse_AFormula_ComesToItsClauses(string formula, string expected) =>
        Assert.Equal(expected, string.Join(" | ", MarkovNetwork.Parse(Declared + formula).Clauses));

    // By the truth table: the clauses hold together in a world exactly where the formula does.
    [Fact]
    public void Parse_NestedFormulas_HoldWhereTheFormulaDoes()
    {
        MarkovNetwork network = MarkovNetwork.Parse("A\nB\nC\n1 !(A <=> B) => (B ^ !C) v (C <=> A ^ B)");
        for (int world = 0; world < 8; world++)
        {
            (bool a, bool b, bool c) = ((world & 1) != 0, (world & 2) != 0, (world & 4) != 0);
            bool expected = a == b || (b && !c) || c == (a && b);
            bool found = network.Clauses.All(clause => clause.Clause.Literals.Any(literal => literal.IsPositive == literal.Predicate.Name switch { "A" => a, "B" => b, _ => c }));
            Assert.Equal(expected, found);
        }
    }

    [Theory]
    [InlineData("1.5 Smoks(x) => Cancer(x)", "net.mln:4:5: the predicate 'Smoks' is not declared; did you mean 'Smokes'?")]
    [InlineData("1 Smokes(x, y)", "net.mln:4:11: found ','; expected ')'")]
    [InlineData("1 Friends(x)", "net.mln:4:12: found ')'; expected ','")]
    [InlineData("1 Smokes(x) =>", "net.mln:4:15: found the end of the line; expected a predicate")]
    [InlineData("1 (Smokes(x)", "net.mln:4:13: found the end of the line; expected ')'")]
    [InlineData("1 Smokes(x) Cancer(x)", "net.mln:4:13: found 'Cancer'; expected the end of the formula")]
    [InlineData("1 Smokes(x) & Cancer(x)", "net.mln:4:13: found '&', which means nothing here")]
    [InlineData("1 Smokes(x).", "net.mln:4:12: found '.': a hard formula")]
    [InlineData("1e999 Smokes(x)", "net.mln:4:1: found '1e999'; expected a weight that is a finite number")]
    [InlineData("1 Smokes(\"x)", "net.mln:4:10: this text does not end")]
    [InlineData("1 EXIST x Smokes(x)", "net.mln:4:3: found 'EXIST': quantifiers are not understood")]
    [InlineData("1 x = y", "net.mln:4:5: found '=': equality of terms is not understood")]
    [InlineData("1 Smokes(x) v !Smokes(x)", "net.mln:4:3: the formula holds whatever the world is like")]
    [InlineData("person = {Anna, Anna}", "net.mln:4:17: 'Anna' is there already")]
    [InlineData("Person = {Anna}", "net.mln:4:1: found 'Person'; expected a type")]
    [InlineData("Likes(person, Thing)", "net.mln:4:15: found 'Thing'; expected a type")]
    [InlineData("Owns(person, dog)\n1 Owns(x, y) v Smokes(y)", "net.mln:5:23: the variable y stands for a dog before")]
    public void Parse_ABadLine_IsRefusedWithItsPlace(string line, string expected)
    {
        DataException thrown = Assert.Throws<DataException>(() => MarkovNetwork.Parse(Declared + line, "net.mln"));
        Assert.StartsWith(expected, thrown.Message, StringComparison.Ordinal);
        Assert.Contains("expected", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_FormulasWithoutEnd_AreRefusedInAMoment()
    {
        string deep = new('(', 100_000), chain = string.Join(" <=> ", Enumerable.Repeat("Smokes(x)", 150)), wide = string.Join(" v ", Enumerable.Range(0, 30).Select(static i => $"(Smokes(a{i}) ^ Cancer(b{i}))"));
        Assert.Contains("parts within parts", Assert.Throws<DataException>(() => MarkovNetwork.Parse(Declared + deep)).Message, StringComparison.Ordinal);
        Assert.Contains("thousands of clauses", Assert.Throws<DataException>(() => MarkovNetwork.Parse(Declared + chain)).Message, StringComparison.Ordinal);
        Assert.Contains("thousands of clauses", Assert.Throws<DataException>(() => MarkovNetwork.Parse(Declared + wide)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_AnyText_IsANetworkOrRefusedWithItsPlace()
    {
        string[] words = ["Smokes", "Friends", "(", ")", "x", "y", "Anna", ",", "!", "v", "^", "=>", "<=>", ".", "1.5", "-", "{", "}", "=", "\"a b\"", "\n", " ", "//", "person", "\u00e9", "\ud83d\ude00", "\ud800", "1e400", "\t", "\"", "\\"];
        Gen<string> texts = Gen.Elements(words).ListOf().Select(static list => Declared + string.Concat(list));
        Check.One(Draws.Seeded.WithMaxTest(2000), Prop.ForAll(texts.ToArbitrary(), static text =>
        {
            try
            {
                MarkovNetwork network = MarkovNetwork.Parse(text, "f");
                FactBase.Parse(text, network, "f");
                return true;
            }
            catch (DataException e)
            {
                return System.Text.RegularExpressions.Regex.IsMatch(e.Message, @"^f:\d+:\d+: .*expected", System.Text.RegularExpressions.RegexOptions.Singleline);
            }
        }));
    }

    [Fact]
    public void Write_AnyNetwork_IsReadBackTheSame() => Check.One(Draws.Seeded, Prop.ForAll(AnyNetwork().ToArbitrary(), static network =>
    {
        MarkovNetwork read = MarkovNetwork.Parse(network.ToString());
        return read.Predicates.SequenceEqual(network.Predicates)
            && read.Constants.Keys.SequenceEqual(network.Constants.Keys) && read.Constants.Values.Zip(network.Constants.Values).All(static pair => pair.First.SequenceEqual(pair.Second))
            && read.Clauses.Count == network.Clauses.Count
            && read.Clauses.Zip(network.Clauses).All(static pair => pair.First.Weight.Equals(pair.Second.Weight) && pair.First.IsHard == pair.Second.IsHard && pair.First.Clause.Literals.SequenceEqual(pair.Second.Clause.Literals));
    }));

    private static Gen<MarkovNetwork> AnyNetwork()
    {
        Predicate[] predicates = [new("P", "thing"), new("Q", "thing", "other"), new("R")];
        Gen<string> names = Gen.Elements("Anna", "B_2", "x", "von \"B\"", "a\\b", "3", "é", "line\nbreak", "");
        Gen<Literal> literals = from predicate in Gen.Elements(predicates)
                                from constant in names
                                from variable in Gen.Elements("x", "y")
                                from kind in Gen.Choose(0, 3)
                                select new Literal(predicate, [.. predicate.Types.Select((type, i) => (kind >> i & 1) == 0 ? Term.Variable(type[0] + variable) : Term.Constant(constant))], kind % 3 != 0);
        return from clauses in literals.NonEmptyListOf().Select(static list => new Clause(list.Take(4))).Where(static clause => !clause.IsTautology).ListOf()
               from weights in Gen.Choose(-1000, 1000).Select(static n => n / 37.0).ListOf(clauses.Count)
               from things in names.ListOf()
               select new MarkovNetwork
               {
                   Predicates = predicates,
                   Constants = new Dictionary<string, IReadOnlyList<string>> { ["thing"] = [.. things.Distinct()] },
                   Clauses = [.. clauses.Zip(weights, static (clause, weight) => weight > 20 ? new WeightedClause(clause, 0, true) : new WeightedClause(clause, weight))],
               };
    }
}
