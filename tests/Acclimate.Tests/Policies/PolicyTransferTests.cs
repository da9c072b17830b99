using Acclimate.Policies;

namespace Acclimate.Tests.Policies;

public sealed class PolicyTransferTests
{
    private static readonly Lazy<ActionValues> Light = new(static () => new QLearning(ValleyTask.Light, 7).Learn(null, 300).Values);

    [Fact]
    public void Both_OfWhatALighterCartLearnt_LeaveTheSourceAsItWas()
    {
        double[] before = [.. Light.Value.Weights];
        foreach (PolicyTransfer method in (PolicyTransfer[])[new ValueInitialisation(), new PolicyReuse()])
        {
            PolicyLearning one = method.Learner(Light.Value), other = method.Learner(Light.Value);
            Assert.Equal(new QLearning(ValleyTask.Heavy, 1).Learn(one, 10).Points, new QLearning(ValleyTask.Heavy, 1).Learn(other, 10).Points);
            Assert.Equal(one.Values.Weights, other.Values.Weights);
            Assert.NotEqual(before, one.Values.Weights);
        }

        Assert.Equal(before, Light.Value.Weights);
    }

    // With ψ = 1 and no decay an episode of reuse is the old policy's own, step for step.
    [Fact]
    public void Reuse_WithoutDecay_FollowsTheOldPolicy()
    {
        PolicyLearning learner = new PolicyReuse { Decay = 1 }.Learner(Light.Value);
        Acclimate.Generated.RandomStream random = new(1);
        int followed = 0;
        for (int episode = 0; episode < 20; episode++)
        {
            learner.Begin(ref random);
            int[] actions = new int[5];
            CartState[] states = [.. Enumerable.Range(0, 5).Select(static i => new CartState(-0.9 + (0.2 * i), 0.03))];
            for (int step = 0; step < 5; step++)
                actions[step] = learner.Act(states[step], step, ref random);
            int[] old = [.. states.Select(Light.Value.Best)];
            followed += actions.SequenceEqual(old) ? 1 : 0;

            // An own episode takes the best by values that are all 0: the first action, always.
            Assert.True(actions.SequenceEqual(old) || actions.All(static action => action == 0));
        }

        // Nothing is known of either, so that each is as likely: 20 fair coins come to 3 … 17 but for one time in 2,000.
        Assert.InRange(followed, 3, 17);
    }

    // Where the old policy reaches the goal and the own never does, the choice sharpens until it is all but sure.
    [Fact]
    public void Reuse_OfWhatPays_BecomesTheRule()
    {
        PolicyLearning learner = new PolicyReuse { Decay = 1, Temperature = 10 }.Learner(Light.Value);
        Acclimate.Generated.RandomStream random = new(2);
        int followed = 0;
        for (int episode = 0; episode < 60; episode++)
        {
            learner.Begin(ref random);
            CartState state = new(-0.3, 0.05);
            bool old = learner.Act(state, 0, ref random) != 0;
            Assert.NotEqual(0, Light.Value.Best(state));
            learner.End(old ? 100 : ValleyTask.MostSteps, old);
            followed += episode >= 30 && old ? 1 : 0;
        }

        // After 30 episodes τ is 300 and the gain 0.99^100 = 0.37: an own episode comes once in e^110.
        Assert.Equal(30, followed);
    }

    [Fact]
    public void ValueInitialisation_AtFirst_ActsAsTheSourceDid() =>
        Assert.Equal(new QLearning(ValleyTask.Heavy, 0).Return(Light.Value), new QLearning(ValleyTask.Heavy, 0).Return(new ValueInitialisation().Learner(Light.Value).Values));

    [Fact]
    public void Options_OutOfRange_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => new PolicyReuse { Reuse = 2 }.Validate());
        Assert.Throws<ArgumentException>(() => new PolicyReuse { Discount = 1 }.Validate());
        Assert.Throws<ArgumentException>(() => new ValueInitialisation { Share = 0 }.Learner(new ActionValues()));
    }
}
