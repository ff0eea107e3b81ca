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

        Assert.Equal(Rule(new RuleGroup(GroupKind.Any, [B, A, C])), RuleTree.Move(rule, "who.0", "who.1.1"));
        Assert.Equal(Rule(C, A, new RuleGroup(GroupKind.Any, [B])), RuleTree.Move(rule, "who.1.1", "who.0"));
        Assert.Equal(rule, RuleTree.Move(rule, "who.1", "who.1.0"));
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
    public void No_move_loses_or_doubles_a_condition()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var rng = new Rng(seed);
            var rule = RandomRules.Rule(rng);
            var paths = Paths(rule).ToArray();
            if (paths.Length < 2) continue;
            var moved = RuleTree.Move(rule, paths[rng.NextInt(paths.Length)], paths[rng.NextInt(paths.Length)]);
            Assert.Equal(Leaves(rule).Order(StringComparer.Ordinal), Leaves(moved).Order(StringComparer.Ordinal));
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
