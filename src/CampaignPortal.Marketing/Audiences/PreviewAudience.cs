using System.Globalization;
using System.Text.RegularExpressions;
using CampaignPortal.Marketing.Audiences.Evaluation;
using CampaignPortal.Marketing.Audiences.Rules;
using CampaignPortal.Marketing.Common;

namespace CampaignPortal.Marketing.Audiences;

/// <summary>How one step of the tree's first level narrows the audience.</summary>
/// <param name="Path">Where the rule stands: <c>who.2</c>, <c>leaveOut.0</c>.</param>
/// <param name="Count">Who is left after it.</param>
/// <param name="Keeps">Of those before, 0 to 1; null where nobody was left.</param>
public sealed record NarrowingStep(string Path, Rule Rule, int Count, double? Keeps);

public enum RuleFindingKind
{
    /// <summary>No customer has the attribute any more, or ever had.</summary>
    UnknownAttribute,
    /// <summary>Nobody ever did that.</summary>
    UnknownEvent,
    /// <summary>The model has scored nobody.</summary>
    NoScores,
    /// <summary>Scores older than <see cref="RuleLimits.StaleScoreDays"/> days count as missing; the count says how many.</summary>
    StaleScores,
    /// <summary>There is no such segment any more.</summary>
    UnknownSegment,
    /// <summary>The audience was archived or never existed.</summary>
    UnknownAudience,
    /// <summary>The audience could not be counted last time.</summary>
    FailedAudience,
    /// <summary>The audience, or one that it names in turn, is not up to date; the name is that of the culprit.</summary>
    LateAudience,
    /// <summary>The catalogue has no such category.</summary>
    UnknownCategory,
    /// <summary>So many customers chose nothing that has a category: they have no taste.</summary>
    MissingTaste,
    /// <summary>Nobody has a list of that name.</summary>
    NoLists,
    /// <summary>Lists older than <see cref="RuleLimits.StaleScoreDays"/> days count as missing; the count says how many.</summary>
    StaleLists,
    /// <summary>So many customers have no list.</summary>
    MissingLists,
}

/// <param name="Path">Where the condition stands.</param>
/// <param name="Name">What it asks for.</param>
public sealed record RuleFinding(string Path, RuleFindingKind Kind, string Name, int Count = 0)
{
    /// <summary>Nothing is wrong: it only says for how many the answer is missing.</summary>
    public bool IsNote => Kind is RuleFindingKind.MissingTaste or RuleFindingKind.MissingLists;
}

/// <summary>A rule as it would count now.</summary>
/// <param name="Count">Exact.</param>
/// <param name="Reach">Of these, whom one may write to on each channel, in the order of <see cref="ChannelReach.Channels"/>.</param>
/// <param name="Matches">How many of all customers match each condition alone, by its path.</param>
/// <param name="Narrowing">Step by step.</param>
/// <param name="EmptiedBy">The first step that leaves nobody; null while somebody is left.</param>
public sealed record AudiencePreview(
    int Everyone, int Count, IReadOnlyList<(string Channel, int Count)> Reach, IReadOnlyDictionary<string, int> Matches, IReadOnlyList<NarrowingStep> Narrowing, string? EmptiedBy,
    IReadOnlyList<RuleFinding> Findings, DateTimeOffset AsOf);

/// <summary>Counts a rule while it is being made.</summary>
public sealed class PreviewAudienceHandler(AudienceEngine engine, TimeProvider clock)
{
    /// <summary>Paths of the steps that are no rules: customers chosen by hand.</summary>
    public const string Added = "added", Removed = "removed";

    /// <summary>The figures, or what is wrong with the rule: the problem's field is the path of its node.</summary>
    /// <exception cref="OperationCanceledException">A newer question was asked.</exception>
    public async Task<Result<AudiencePreview>> HandleAsync(AudienceRule rule, CancellationToken ct)
    {
        if (RuleCheck.Find(rule) is { } problem) return problem;
        try
        {
            return await Task.Run<Result<AudiencePreview>>(() => Preview(rule, ct), ct);
        }
        catch (RegexMatchTimeoutException e)
        {
            return Problem.At(RuleTree.Who, $"The pattern '{e.Pattern}' takes too long. Make it simpler, or use \"contains\".");
        }
    }

    private AudiencePreview Preview(AudienceRule rule, CancellationToken ct)
    {
        using var evaluation = engine.Begin(ct);
        var matches = new Dictionary<string, int>(StringComparer.Ordinal);
        CountEach(rule.Who, "who", evaluation, matches, ct);
        for (var i = 0; i < rule.LeaveOut.Count; i++) CountEach(rule.LeaveOut[i], PathOf("leaveOut", i), evaluation, matches, ct);
        var (steps, emptiedBy) = Narrow(rule, evaluation, ct);
        var customers = evaluation.Of(rule, ct);
        var reach = ChannelReach.Channels.Select(channel => (channel, customers.CountWith(evaluation.Reachable(channel, ct)))).ToArray();
        return new AudiencePreview(evaluation.Everyone.Count, customers.Count, reach, matches, steps, emptiedBy, RuleFindings.Of(rule, evaluation, clock.GetUtcNow(), ct), evaluation.Moment.Now);
    }

    internal static string PathOf(string path, int index) => string.Create(CultureInfo.InvariantCulture, $"{path}.{index}");

    // Also what is switched off: whoever switches it on again wants to know.
    private static void CountEach(Rule rule, string path, AudienceEvaluation evaluation, Dictionary<string, int> matches, CancellationToken ct)
    {
        matches[path] = evaluation.Of(rule, ct).Count;
        if (rule is not RuleGroup group) return;
        for (var i = 0; i < group.Rules.Count; i++) CountEach(group.Rules[i], PathOf(path, i), evaluation, matches, ct);
    }

    // The first level of "all" is a chain; of "any" and "none" the group is one step.
    private static (IReadOnlyList<NarrowingStep> Steps, string? EmptiedBy) Narrow(AudienceRule rule, AudienceEvaluation evaluation, CancellationToken ct)
    {
        var steps = new List<NarrowingStep>();
        var left = evaluation.Everyone.Copy();
        var before = left.Count;
        string? emptiedBy = null;
        if (rule.Who.Join is GroupKind.All)
        {
            for (var i = 0; i < rule.Who.Rules.Count; i++) Step(rule.Who.Rules[i], PathOf("who", i), isOut: false);
        }
        else
        {
            Step(rule.Who, "who", isOut: false);
        }
        for (var i = 0; i < rule.LeaveOut.Count; i++) Step(rule.LeaveOut[i], PathOf("leaveOut", i), isOut: true);
        ByHand(Added, rule.Added, isOut: false);
        ByHand(Removed, rule.Removed, isOut: true);
        return (steps, left.Count is 0 ? emptiedBy : null);

        void ByHand(string path, IReadOnlyList<long> customers, bool isOut)
        {
            if (customers.Count is 0) return;
            var chosen = CustomerSet.Of(customers, evaluation.Everyone.Capacity).And(evaluation.Everyone);
            if (isOut) left.AndNot(chosen);
            else left.Or(chosen);
            steps.Add(new NarrowingStep(path, new ListCondition(customers), left.Count, null));
            before = left.Count;
        }

        void Step(Rule step, string path, bool isOut)
        {
            if (!AudienceEvaluation.Asks(step)) return;
            if (isOut) left.AndNot(evaluation.Of(step, ct));
            else left.And(evaluation.Of(step, ct));
            var count = left.Count;
            steps.Add(new NarrowingStep(path, step, count, before is 0 ? null : count / (double)before));
            if (count is 0 && before > 0) emptiedBy = path;
            before = count;
        }
    }
}
