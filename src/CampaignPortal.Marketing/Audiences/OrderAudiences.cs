using CampaignPortal.Marketing.Audiences.Membership;
using CampaignPortal.Marketing.Audiences.Rules;
using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Database;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Audiences;

/// <summary>Puts audiences in an order in which each leaves out the members of those before it, so that nobody is in two of them.</summary>
/// <param name="Ids">The first one keeps everybody whom its rule means; empty dissolves the order.</param>
public sealed record OrderAudiences(IReadOnlyList<long> Ids, long By);

/// <summary>Writes the order into the rules, where everybody sees it: each leaves out, by its stored membership, those that come before.</summary>
public sealed class OrderAudiencesHandler(IDbContextFactory<PortalDbContext> databases, AudienceKeeper keeper, TimeProvider clock)
{
    /// <summary>How many stand in order, or a problem whose field is one of <see cref="AudienceProblems"/>.</summary>
    public async Task<Result<int>> HandleAsync(OrderAudiences command, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var audiences = await db.Audiences.Where(a => a.ArchivedAt == null).ToListAsync(ct);
        var byId = audiences.ToDictionary(a => a.Id);
        if (command.Ids.Distinct().Count() != command.Ids.Count || command.Ids.Any(id => !byId.ContainsKey(id))) return Problem.At(AudienceProblems.Gone, "The audience does not exist any more.");
        if (command.Ids.Skip(1).Select(id => byId[id]).FirstOrDefault(a => a.Kind is AudienceKind.Fixed) is { } list) return Problem.At(AudienceProblems.ListNotFirst, list.Name);

        var rules = new Dictionary<long, AudienceRule>();
        foreach (var audience in audiences.Where(a => a.Kind is AudienceKind.Live))
        {
            if (RuleJson.Read(audience.RuleJson) is not { IsOk: true } read) continue;
            var place = command.Ids.ToList().IndexOf(audience.Id);
            var rule = AudienceOrder.After(read.Value, command.Ids.Take(Math.Max(place, 0)));
            if (RuleCheck.Find(rule) is { } wrong) return Problem.At(AudienceProblems.RuleWrong, $"{audience.Name}: {wrong.Message}");
            rules[audience.Id] = rule;
        }
        if (AudienceCycles.Find(rules, byId.ToDictionary(a => a.Key, a => a.Value.Name)) is { } path) return Problem.At(AudienceProblems.Cycle, path);

        var now = clock.GetUtcNow();
        foreach (var (id, rule) in rules)
        {
            var (audience, json) = (byId[id], RuleJson.Write(rule));
            if (RuleJson.Read(audience.RuleJson).Value == rule) continue;
            db.AuditEntries.Add(AudienceNames.Audit(now, command.By, "ordered", audience, audience.RuleJson, json));
            (audience.RuleJson, audience.ChangedAt) = (json, now);
            audience.Revision++;
        }
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateConcurrencyException)
        {
            return Problem.At(AudienceProblems.Changed, "Somebody else saved an audience meanwhile.");
        }
        await keeper.TurnAsync(ct);
        return command.Ids.Count;
    }
}

/// <summary>Reads and writes the order of audiences inside their rules.</summary>
public static class AudienceOrder
{
    /// <summary>The audiences in order, the first one first; empty without an order.</summary>
    public static IReadOnlyList<long> Of(IEnumerable<(long Id, AudienceRule Rule)> audiences)
    {
        var before = audiences.Select(a => (a.Id, Others: Before(a.Rule).ToArray())).Where(a => a.Others.Length > 0).ToArray();
        var named = before.SelectMany(a => a.Others).ToHashSet();
        // Each names all before it: their number is its place; who is only named comes first.
        return [.. named.Except(before.Select(a => a.Id)).Order(), .. before.OrderBy(a => a.Others.Length).ThenBy(a => a.Id).Select(a => a.Id)];
    }

    internal static AudienceRule After(AudienceRule rule, IEnumerable<long> before) => rule with
    {
        LeaveOut = [.. rule.LeaveOut.Where(r => r is not MembershipCondition { IsByPriority: true }), .. before.Select(id => new MembershipCondition(id, true) { IsByPriority = true })],
    };

    private static IEnumerable<long> Before(AudienceRule rule) => rule.LeaveOut.OfType<MembershipCondition>().Where(c => c.IsByPriority).Select(c => c.AudienceId);
}

/// <summary>Finds rules that come back to themselves over other audiences.</summary>
internal static class AudienceCycles
{
    /// <summary>The names in turn, from an audience back to itself; null without a cycle.</summary>
    /// <param name="from">Only cycles through this one; null for any.</param>
    public static string? Find(IReadOnlyDictionary<long, AudienceRule> rules, IReadOnlyDictionary<long, string> names, long? from = null)
    {
        var done = new HashSet<long>();
        foreach (var id in from is { } only ? [only] : rules.Keys.Order().ToArray())
        {
            if (Visit(id, []) is { } path) return string.Join(" → ", path.Select(a => names.TryGetValue(a, out var name) ? name : FormattableString.Invariant($"{a}")));
        }
        return null;

        IReadOnlyList<long>? Visit(long id, IReadOnlyList<long> above)
        {
            if (above.Contains(id)) return [.. above.SkipWhile(a => a != id), id];
            if (done.Contains(id) || !rules.TryGetValue(id, out var rule)) return null;
            foreach (var next in rule.Audiences())
            {
                if (Visit(next, [.. above, id]) is { } found) return found;
            }
            done.Add(id);
            return null;
        }
    }
}
