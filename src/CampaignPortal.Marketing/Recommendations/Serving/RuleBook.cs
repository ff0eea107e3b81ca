using System.Collections.Concurrent;
using CampaignPortal.Marketing.Audit;
using CampaignPortal.Marketing.Database;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Recommendations.Serving;

/// <summary>Rules and settings of all strategies, kept in memory as plans; the one place that changes them, with an entry of the audit each time.</summary>
public sealed class RuleBook(IDbContextFactory<PortalDbContext> databases, TimeProvider clock)
{
    /// <summary>Another program on the same data may have changed a rule: the book is opened again this often.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(30);

    private Book? _book;

    /// <summary>The plan of a strategy for a model and its catalogue, at this moment.</summary>
    public async Task<StrategyPlan> PlanAsync(string strategy, ServingModel serving, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var book = _book;
        if (book is null || now < book.ReadAt || now - book.ReadAt >= Memory) _book = book = await ReadAsync(now, ct);
        if (book.Plans.TryGetValue(strategy, out var known) && ReferenceEquals(known.Serving, serving) && now < known.Plan.ValidUntil) return known.Plan;
        var plan = StrategyPlan.Of(
            strategy, book.Settings.GetValueOrDefault(strategy) ?? StrategySetting.DefaultOf(strategy), book.Rules, serving.Model, serving.Catalogue, serving.SoldOut, now);
        book.Plans[strategy] = (serving, plan);
        return plan;
    }

    /// <summary>Every rule, newest first; ended ones too, for a person may want to know what was.</summary>
    public async Task<IReadOnlyList<RecommendationRule>> ListAsync(CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        return await db.RecommendationRules.AsNoTracking().OrderByDescending(r => r.Id).ToListAsync(ct);
    }

    public async Task<StrategySetting> SettingAsync(string strategy, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        return await db.StrategySettings.AsNoTracking().SingleOrDefaultAsync(s => s.Strategy == strategy, ct) ?? StrategySetting.DefaultOf(strategy);
    }

    internal async Task<RecommendationRule> AddAsync(RecommendationRule rule, AuditEntry audit, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        db.RecommendationRules.Add(rule);
        db.AuditEntries.Add(audit);
        await db.SaveChangesAsync(ct);
        _book = null;
        return rule;
    }

    internal async Task<bool> RemoveAsync(long id, Func<RecommendationRule, AuditEntry> audit, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        if (await db.RecommendationRules.SingleOrDefaultAsync(r => r.Id == id, ct) is not { } rule) return false;
        db.RecommendationRules.Remove(rule);
        db.AuditEntries.Add(audit(rule));
        await db.SaveChangesAsync(ct);
        _book = null;
        return true;
    }

    internal async Task SaveAsync(StrategySetting setting, AuditEntry audit, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        await using var turn = await db.Database.BeginTransactionAsync(ct);
        await db.StrategySettings.Where(s => s.Strategy == setting.Strategy).ExecuteDeleteAsync(ct);
        db.StrategySettings.Add(setting);
        db.AuditEntries.Add(audit);
        await db.SaveChangesAsync(ct);
        await turn.CommitAsync(ct);
        _book = null;
    }

    private async Task<Book> ReadAsync(DateTimeOffset now, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var rules = await db.RecommendationRules.AsNoTracking().Where(r => r.EndsAt == null || r.EndsAt > now).ToListAsync(ct);
        var settings = await db.StrategySettings.AsNoTracking().ToDictionaryAsync(s => s.Strategy, StringComparer.Ordinal, ct);
        return new Book(now, rules, settings);
    }

    private sealed record Book(DateTimeOffset ReadAt, IReadOnlyList<RecommendationRule> Rules, IReadOnlyDictionary<string, StrategySetting> Settings)
    {
        public ConcurrentDictionary<string, (ServingModel Serving, StrategyPlan Plan)> Plans { get; } = new(StringComparer.Ordinal);
    }
}
