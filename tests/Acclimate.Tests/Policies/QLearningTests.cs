using Acclimate.Policies;

namespace Acclimate.Tests.Policies;

public sealed class QLearningTests
{
    [Fact]
    public void Next_OfTheCart_IsAsWorkedOutByHand()
    {
        CartState next = ValleyTask.Heavy.Next(new CartState(-0.5, 0.01), 2);
        double velocity = 0.01 + 0.0009 - (0.0026 * Math.Cos(-1.5)) - (0.003 * 0.01);
        Assert.Equal(velocity, next.Velocity, 1e-15);
        Assert.Equal(-0.5 + velocity, next.Position, 1e-15);

        // The wall takes all speed; nothing is faster than the limit.
        Assert.Equal(new CartState(-1.2, 0), ValleyTask.Light.Next(new CartState(-1.19, -0.06), 0));
        Assert.Equal(0.07, ValleyTask.Light.Next(new CartState(-0.9, 0.0699), 2).Velocity);
        Assert.Throws<ArgumentOutOfRangeException>(() => ValleyTask.Light.Next(default, 3));
    }

    // Neither cart gets up by pushing forth alone: both tasks have to be learnt.
    [Fact]
    public void Tasks_WithoutASwing_AreNotSolved()
    {
        foreach (ValleyTask task in (ValleyTask[])[ValleyTask.Light, ValleyTask.Heavy])
        {
            CartState state = new(-0.5, 0);
            for (int step = 0; step < ValleyTask.MostSteps; step++)
            {
                state = task.Next(state, 2);
                Assert.False(ValleyTask.IsDone(state));
            }
        }
    }

    [Fact]
    public void Values_AfterLearning_MoveByTheRateThere_AndLessNearby()
    {
        ActionValues values = new();
        CartState here = new(-0.5, 0.02), near = new(-0.48, 0.02), far = new(0.4, -0.05);
        values.Learn(here, 1, -10, 0.3);
        Assert.Equal(-3, values[here, 1], 1e-12);
        Assert.InRange(values[near, 1], -3, -0.3);
        Assert.Equal(0, values[far, 1]);
        Assert.Equal(0, values[here, 0]);
        Assert.Equal(0, values.Best(here));
        Assert.Equal(-1.5, values.Times(0.5)[here, 1], 1e-12);
    }

    // The gradient of Q by its weights is 1 for each tile that is on, one of each tiling, and none is shared between tilings or actions.
    [Fact]
    public void Tiles_OfAState_AreOneOfEachTiling()
    {
        HashSet<int> tiles = [];
        for (int action = 0; action < ValleyTask.Actions; action++)
        {
            for (int tiling = 0; tiling < ActionValues.Tilings; tiling++)
                Assert.True(tiles.Add(ActionValues.Tile(new CartState(0.6, 0.07), action, tiling)));
        }

        Assert.All(tiles, static tile => Assert.InRange(tile, 0, new ActionValues().Weights.Count - 1));
    }

    /// <summary>By a plain loop over the greedy policy.</summary>
    [Fact]
    public void Return_OfValues_IsThatOfItsEpisodes()
    {
        ActionValues values = new QLearning(ValleyTask.Light, 1).Learn(null, 60).Values;
        double steps = 0;
        for (int start = 0; start < 10; start++)
        {
            CartState state = new(-0.59 + (0.02 * start), 0);
            for (int step = 0; step < 1000 && state.Position < 0.5; step++, steps++)
                state = ValleyTask.Light.Next(state, Enumerable.Range(0, 3).MaxBy(action => values[state, action]));
        }

        Assert.Equal(-steps / 10, new QLearning(ValleyTask.Light, 1).Return(values), 1e-9);
    }

    [Fact]
    public void Learn_TheSameSeed_GivesTheSameBits_AndAnotherOthers()
    {
        LearningCurve Curve(long seed) => new QLearning(ValleyTask.Light, seed).Learn(null, 15);
        Assert.Equal(Curve(1).Points, Curve(1).Points);
        Assert.Equal(Curve(1).Values.Weights, Curve(1).Values.Weights);
        Assert.NotEqual(Curve(1).Points, Curve(2).Points);
    }

    [Fact]
    public void StepsTo_AReturn_AreThoseOfTheFirstEpisodeThatKeptIt()
    {
        LearningCurve curve = new([new(10, -500), new(20, -90), new(30, -200), new(40, -100), new(50, -99)], new ActionValues());
        Assert.Equal(40, curve.StepsTo(-100));
        Assert.Null(curve.StepsTo(-50));
    }
}
