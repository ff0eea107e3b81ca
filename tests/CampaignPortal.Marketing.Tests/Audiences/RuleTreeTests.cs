using CampaignPortal.Marketing.Audiences.Rules;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Marketing.Tests.Audiences;

public sealed class RuleTreeTests
{
    private static readonly Rule A = new ReachCondition("email", true), B = new ReachCondition("sms", true), C = new ReachCondition("push", true), D = new ListCondition([1]);

    [Fact]
    public void Nodes_move_into_and_out_of_groups_and_never_into_themselves()
    {
        var rule = Rule(A, new RuleGroup(GroupKind.Any, [B, C]));

        Assert.Equal(Rule(new RuleGroup(GroupKind.Any, [B, A, C])), RuleTree.Move(rule, "who.0", "who.1.1", out _));
        Assert.Equal(Rule(C, A, new RuleGroup(GroupKind.Any, [B])), RuleTree.Move(rule, "who.1.1", "who.0", out _));
        Assert.Equal(rule, RuleTree.Move(rule, "who.1", "who.1.0", out _));
    }

    [Fact]
    public void One_place_up_and_down_a_copy_and_a_removal()
    {
        var rule = new AudienceRule(new RuleGroup(GroupKind.All, [A, B]), [C]);

        Assert.Equal(Rule(B, A) with { LeaveOut = [C] }, RuleTree.Shift(rule, "who.0", 1));
        Assert.Equal(rule, RuleTree.Shift(rule, "who.0", -1));
        Assert.Equal(Rule(A, A, B) with { LeaveOut = [C] }, RuleTree.Duplicate(rule, "who.0"));
        Assert.Equal(Rule(A, B), RuleTree.Remove(rule, "leaveOut.0"));
        Assert.Equal(Rule(A, B) with { LeaveOut = [C, D] }, RuleTree.Add(rule, RuleTree.LeaveOut, D));
    }

    [Fact]
    public void A_node_goes_into_a_group_and_says_where_it_stands()
    {
        var group = new RuleGroup(GroupKind.Any, [B]);
        var rule = new AudienceRule(new RuleGroup(GroupKind.All, [A, group, C]), [D]);

        Assert.Equal(new AudienceRule(new RuleGroup(GroupKind.All, [new RuleGroup(GroupKind.Any, [B, A]), C]), [D]), RuleTree.MoveInto(rule, "who.0", "who.1", out var path));
        Assert.Equal("who.0.1", path);
        Assert.Equal(new AudienceRule(new RuleGroup(GroupKind.All, [A, C]), [D, group]), RuleTree.MoveInto(rule, "who.1", RuleTree.LeaveOut, out path));
        Assert.Equal("leaveOut.1", path);
        Assert.Equal(new AudienceRule(new RuleGroup(GroupKind.All, [A, group, C, D]), []), RuleTree.MoveInto(rule, "leaveOut.0", RuleTree.Who, out path));
        Assert.Equal("who.3", path);
        foreach (var nowhere in new[] { "who.1.0", "who.1", "who.9", "who.0" }) Assert.Equal(rule, RuleTree.MoveInto(rule, "who.1", nowhere, out _)); // into itself, to what is not there, to a condition
        Assert.Equal([RuleTree.Who, "who.1", RuleTree.LeaveOut], RuleTree.Groups(rule));
    }

    [Fact]
    public void Of_two_that_are_the_same_the_one_that_was_taken_moves()
    {
        var rule = RuleTree.Duplicate(Rule(A, new RuleGroup(GroupKind.Any, [A, B])), "who.1.0");
        Assert.Equal(Rule(A, A, new RuleGroup(GroupKind.Any, [A, B])), RuleTree.Move(rule, "who.1.1", "who.1", out var path));
        Assert.Equal("who.1", path);
    }

    [Fact]
    public void What_is_too_deep_or_too_large_does_not_fit()
    {
        Rule deep = A;
        for (var depth = 0; depth < RuleLimits.Depth - 1; depth++) deep = new RuleGroup(GroupKind.Any, [deep]);
        Assert.True(RuleTree.Fits(Rule(deep)));
        Assert.False(RuleTree.Fits(Rule(new RuleGroup(GroupKind.Any, [deep]))));
        Assert.True(RuleTree.Fits(Rule([.. Enumerable.Repeat(A, RuleLimits.Nodes - 1)])));
        Assert.False(RuleTree.Fits(Rule([.. Enumerable.Repeat(A, RuleLimits.Nodes - 1)]) with { LeaveOut = [B] }));
    }

    [Fact]
    public void No_move_loses_or_doubles_a_condition()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var rng = new Rng(seed);
            var rule = RandomRules.Rule(rng);
            var (paths, groups) = (Paths(rule).ToArray(), RuleTree.Groups(rule).ToArray());
            if (paths.Length < 2) continue;
            var from = paths[rng.NextInt(paths.Length)];
            var isInto = rng.NextInt(2) is 0;
            var moved = isInto ? RuleTree.MoveInto(rule, from, groups[rng.NextInt(groups.Length)], out var path) : RuleTree.Move(rule, from, paths[rng.NextInt(paths.Length)], out path);
            Assert.Equal(Leaves(rule).Order(StringComparer.Ordinal), Leaves(moved).Order(StringComparer.Ordinal));
            Assert.Equal(RuleTree.At(rule, from), RuleTree.At(moved, path));
        }
    }

    private static AudienceRule Rule(params Rule[] rules) => new(new RuleGroup(GroupKind.All, rules), []);

    private static IEnumerable<string> Leaves(AudienceRule rule) => Paths(rule).Select(p => RuleTree.At(rule, p)!).Where(r => r is not RuleGroup).Select(r => r.ToString());

    private static IEnumerable<string> Paths(AudienceRule rule)
    {
        return Of(rule.Who.Rules, RuleTree.Who).Concat(Of(rule.LeaveOut, RuleTree.LeaveOut));

        static IEnumerable<string> Of(IReadOnlyList<Rule> rules, string path) =>
            rules.SelectMany((rule, i) => new[] { RuleTree.Child(path, i) }.Concat(rule is RuleGroup group ? Of(group.Rules, RuleTree.Child(path, i)) : []));
    }
}
