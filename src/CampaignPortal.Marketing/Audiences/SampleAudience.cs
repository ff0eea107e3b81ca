using CampaignPortal.Marketing.Audiences.Evaluation;
using CampaignPortal.Marketing.Audiences.Rules;

namespace CampaignPortal.Marketing.Audiences;

/// <summary>Somebody whom a single step keeps out.</summary>
/// <param name="Path">The step that decides.</param>
public sealed record NearMiss(long CustomerId, string Path);

/// <param name="All">Everybody who matches.</param>
/// <param name="Members">A few of them, spread over all.</param>
public sealed record AudienceSample(CustomerSet All, IReadOnlyList<long> Members, IReadOnlyList<NearMiss> NearMisses);

/// <summary>A few members of a rule, and a few who nearly are.</summary>
public sealed class SampleAudienceHandler(AudienceEngine engine)
{
    /// <summary>Of either kind.</summary>
    public const int Size = 10;

    public Task<AudienceSample> HandleAsync(AudienceRule rule, CancellationToken ct) => Task.Run(
        () =>
        {
            using var evaluation = engine.Begin(ct);
            var all = evaluation.Of(rule, ct);
            return new AudienceSample(all, Spread(all), NearMisses(rule, all, evaluation, ct));
        },
        ct);

    private static long[] Spread(CustomerSet set)
    {
        var members = set.ToArray();
        return members.Length <= Size ? members : [.. Enumerable.Range(0, Size).Select(i => members[(long)i * members.Length / Size])];
    }

    // Step by step in turn, so that every step shows whom it keeps out.
    private static List<NearMiss> NearMisses(AudienceRule rule, CustomerSet all, AudienceEvaluation evaluation, CancellationToken ct)
    {
        var candidates = new List<(string Path, Queue<long> Customers)>();
        foreach (var (path, without) in Without(rule))
        {
            var near = evaluation.Of(without, ct).AndNot(all);
            candidates.Add((path, new Queue<long>(Spread(near))));
        }
        var misses = new List<NearMiss>();
        while (misses.Count < Size && candidates.Any(c => c.Customers.Count > 0))
        {
            foreach (var (path, customers) in candidates)
            {
                if (misses.Count < Size && customers.TryDequeue(out var customer)) misses.Add(new NearMiss(customer, path));
            }
        }
        return misses;
    }

    private static IEnumerable<(string Path, AudienceRule Rule)> Without(AudienceRule rule)
    {
        if (rule.Who.Join is GroupKind.All && rule.Who.Rules.Count(AudienceEvaluation.Asks) + rule.LeaveOut.Count(AudienceEvaluation.Asks) > 1)
        {
            for (var i = 0; i < rule.Who.Rules.Count; i++)
            {
                if (AudienceEvaluation.Asks(rule.Who.Rules[i])) yield return (PreviewAudienceHandler.PathOf("who", i), rule with { Who = rule.Who with { Rules = Off(rule.Who.Rules, i) } });
            }
        }
        for (var i = 0; i < rule.LeaveOut.Count; i++)
        {
            if (AudienceEvaluation.Asks(rule.LeaveOut[i])) yield return (PreviewAudienceHandler.PathOf("leaveOut", i), rule with { LeaveOut = Off(rule.LeaveOut, i) });
        }
    }

    private static Rule[] Off(IReadOnlyList<Rule> rules, int index) => [.. rules.Select((rule, i) => i == index ? rule with { IsOff = true } : rule)];
}
