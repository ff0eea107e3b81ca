using System.Globalization;

namespace CampaignPortal.Marketing.Audiences.Rules;

/// <summary>Edits a rule by the place of a node, such as <c>who.2.0</c> or <c>leaveOut.1</c>; what comes out is a new rule, so that every step can be undone.</summary>
public static class RuleTree
{
    public const string Who = "who";
    public const string LeaveOut = "leaveOut";

    /// <summary>The node at a place; null where there is none.</summary>
    public static Rule? At(AudienceRule rule, string path)
    {
        var steps = Steps(path);
        Rule? node = new RuleGroup(GroupKind.Any, Roots(rule, path));
        foreach (var step in steps) node = node is RuleGroup group && step < group.Rules.Count ? group.Rules[step] : null;
        return steps.Length is 0 && path is Who ? rule.Who : node;
    }

    public static AudienceRule Replace(AudienceRule rule, string path, Rule node)
    {
        if (path is Who) return node is RuleGroup group ? rule with { Who = group } : rule;
        return Change(rule, path, (list, at) => list[at] = node);
    }

    public static AudienceRule Remove(AudienceRule rule, string path) => Change(rule, path, (list, at) => list.RemoveAt(at));

    /// <summary>Adds behind the last one of a group, or to those left out.</summary>
    public static AudienceRule Add(AudienceRule rule, string groupPath, Rule node)
    {
        if (groupPath is LeaveOut) return rule with { LeaveOut = [.. rule.LeaveOut, node] };
        return At(rule, groupPath) is RuleGroup group ? Replace(rule, groupPath, group with { Rules = [.. group.Rules, node] }) : rule;
    }

    public static AudienceRule Duplicate(AudienceRule rule, string path) => Change(rule, path, (list, at) => list.Insert(at + 1, list[at]));

    /// <summary>One place up (−1) or down (1) among its neighbours; at the end it stays.</summary>
    public static AudienceRule Shift(AudienceRule rule, string path, int by) => Change(rule, path, (list, at) =>
    {
        if (at + by < 0 || at + by >= list.Count) return;
        (list[at], list[at + by]) = (list[at + by], list[at]);
    });

    /// <summary>Takes a node out and puts it before another one; into itself it cannot go, and the rule stays as it is.</summary>
    /// <param name="path">Where it stands now.</param>
    public static AudienceRule Move(AudienceRule rule, string from, string before, out string path) =>
        Move(rule, from, before, (marked, node) => Change(marked, before, (list, at) => list.Insert(at, node)), out path);

    /// <summary>Takes a node out and puts it behind the last one of a group, or of those left out; into itself it cannot go, and the rule stays as it is.</summary>
    /// <param name="path">Where it stands now.</param>
    public static AudienceRule MoveInto(AudienceRule rule, string from, string group, out string path) => Move(rule, from, group, (marked, node) => Add(marked, group, node), out path);

    /// <summary>The places of all groups, those left out among them; each after the one that it stands in.</summary>
    public static IEnumerable<string> Groups(AudienceRule rule)
    {
        return Inside(rule.Who.Rules, Who).Prepend(Who).Append(LeaveOut).Concat(Inside(rule.LeaveOut, LeaveOut));

        static IEnumerable<string> Inside(IReadOnlyList<Rule> rules, string path) =>
            rules.SelectMany((rule, i) => rule is RuleGroup group ? Inside(group.Rules, Child(path, i)).Prepend(Child(path, i)) : []);
    }

    /// <summary>Whether a rule is neither deeper nor larger than <see cref="RuleLimits"/> allow.</summary>
    public static bool Fits(AudienceRule rule)
    {
        return Fits(rule.Who, 1) && rule.LeaveOut.All(left => Fits(left, 1)) && Count(rule.Who) + rule.LeaveOut.Sum(Count) <= RuleLimits.Nodes;

        static bool Fits(Rule node, int depth) => node is not RuleGroup group || depth <= RuleLimits.Depth && group.Rules.All(inner => Fits(inner, depth + 1));

        static int Count(Rule node) => 1 + (node is RuleGroup group ? group.Rules.Sum(Count) : 0);
    }

    /// <summary>The place of the group, or of the list, that a node stands in.</summary>
    public static string ParentOf(string path) => path.Contains('.', StringComparison.Ordinal) ? path[..path.LastIndexOf('.')] : path;

    public static string Child(string path, int index) => string.Create(CultureInfo.InvariantCulture, $"{path}.{index}");

    private static IReadOnlyList<Rule> Roots(AudienceRule rule, string path) => path.StartsWith(LeaveOut, StringComparison.Ordinal) ? rule.LeaveOut : rule.Who.Rules;

    private static int[] Steps(string path) => [.. path.Split('.').Skip(1).Select(step => int.Parse(step, CultureInfo.InvariantCulture))];

    private static AudienceRule Change(AudienceRule rule, string path, Action<List<Rule>, int> change)
    {
        var steps = Steps(path);
        if (steps.Length is 0 || At(rule, path) is null) return rule;
        var roots = Change(Roots(rule, path), steps, change);
        return path.StartsWith(LeaveOut, StringComparison.Ordinal) ? rule with { LeaveOut = roots } : rule with { Who = rule.Who with { Rules = roots } };
    }

    private static List<Rule> Change(IReadOnlyList<Rule> rules, ReadOnlySpan<int> steps, Action<List<Rule>, int> change)
    {
        var copy = rules.ToList();
        if (steps.Length is 1) change(copy, steps[0]);
        else copy[steps[0]] = (RuleGroup)copy[steps[0]] with { Rules = Change(((RuleGroup)copy[steps[0]]).Rules, steps[1..], change) };
        return copy;
    }

    private static AudienceRule Move(AudienceRule rule, string from, string target, Func<AudienceRule, Rule, AudienceRule> put, out string path)
    {
        path = from;
        if (At(rule, from) is not { } node || from is Who or LeaveOut || target == from || target.StartsWith(from + ".", StringComparison.Ordinal)) return rule;
        // A mark keeps the old place, so that no path shifts before the node stands at its new one.
        var (mark, moved) = (new ListCondition([]), node with { });
        var both = put(Replace(rule, from, mark), moved);
        if (Find(both, moved) is null || Find(both, mark) is not { } left) return rule; // there is no such target
        var result = Remove(both, left);
        path = Find(result, moved) ?? from;
        return result;
    }

    // The very node, not an equal one beside it.
    private static string? Find(AudienceRule rule, Rule node)
    {
        return Search(rule.Who.Rules, Who) ?? Search(rule.LeaveOut, LeaveOut);

        string? Search(IReadOnlyList<Rule> rules, string path)
        {
            for (var i = 0; i < rules.Count; i++)
            {
                if (ReferenceEquals(rules[i], node)) return Child(path, i);
                if (rules[i] is RuleGroup group && Search(group.Rules, Child(path, i)) is { } inside) return inside;
            }
            return null;
        }
    }
}
