using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Predictions;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Recommendations.Serving;

/// <summary>A line of the strategies' table.</summary>
/// <param name="Quality">As it was judged when the live version was trained; null where the history was too short or the version is older than this measure.</param>
public sealed record StrategyRow(string Strategy, StrategyQuality? Quality, StrategySetting Setting, int RuleCount);

/// <param name="ItemName">Name of the product, or its number; null for a rule about a category.</param>
/// <param name="CreatedByName">Who set it.</param>
public sealed record RuleRow(RecommendationRule Rule, string? ItemName, string? ItemCode, string CreatedByName, bool IsOver);

/// <summary>What a list is mixed of.</summary>
/// <param name="Alpha">Weight of the factors beside the neighbours, in lists of what is new to the customer.</param>
/// <param name="OwnWeight">Weight of the factors beside the customer's own purchases, in lists that may repeat.</param>
public sealed record StrategyMix(double Alpha, double OwnWeight, int ItemCount, int CustomerCount);

/// <param name="Version">The live version; null while none answers.</param>
public sealed record StrategiesPage(ModelVersionRow? Version, ModelRow? Row, IReadOnlyList<StrategyRow> Rows, IReadOnlyList<RuleRow> Rules);

/// <param name="Mix">Null while no version answers.</param>
public sealed record StrategyPage(StrategyRow Row, ModelVersionRow? Version, StrategyMix? Mix, IReadOnlyList<RuleRow> Rules, IReadOnlyList<string> Categories);

/// <summary>Reads how products are picked, and how well.</summary>
public sealed class ReadStrategiesHandler(ReadModelsHandler models, RuleBook book, LiveRecommendations live, IDbContextFactory<PortalDbContext> databases, TimeProvider clock)
{
    private const int MaxCategories = 200;

    public async Task<StrategiesPage> ListAsync(CancellationToken ct)
    {
        var page = await models.ReadAsync(ModelNames.Recommendations, ct);
        var rules = await RulesAsync(ct);
        var settings = new List<StrategySetting>();
        foreach (var strategy in Strategies.All) settings.Add(await book.SettingAsync(strategy, ct));
        var version = page?.Versions.FirstOrDefault(v => v.IsLive);
        return new StrategiesPage(version, page?.Row, [.. settings.Select(s => Row(s, version, rules))], rules);
    }

    /// <summary>Null for a name that is not served.</summary>
    public async Task<StrategyPage?> ReadAsync(string strategy, CancellationToken ct)
    {
        if (Strategies.KindOf(strategy) is null) return null;
        var all = await ListAsync(ct);
        var serving = await live.ReadAsync(ct);
        var mix = serving is null ? null : new StrategyMix(serving.Model.Core.Alpha, RecommendationCore.FactorWeight, serving.Model.ItemCount, serving.Model.Core.CustomerCount);
        var categories = serving?.Catalogue.Select(i => i.Category).OfType<string>().Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Take(MaxCategories).ToArray() ?? [];
        return new StrategyPage(all.Rows.Single(r => r.Strategy == strategy), all.Version, mix, [.. all.Rules.Where(r => r.Rule.Strategy is null || r.Rule.Strategy == strategy)], categories);
    }

    private static StrategyRow Row(StrategySetting setting, ModelVersionRow? version, IReadOnlyList<RuleRow> rules) => new(
        setting.Strategy, version?.Report.Strategies.FirstOrDefault(s => s.Strategy == setting.Strategy), setting,
        rules.Count(r => !r.IsOver && (r.Rule.Strategy is null || r.Rule.Strategy == setting.Strategy)));

    private async Task<IReadOnlyList<RuleRow>> RulesAsync(CancellationToken ct)
    {
        var rules = await book.ListAsync(ct);
        if (rules.Count == 0) return [];
        await using var db = await databases.CreateDbContextAsync(ct);
        var ids = rules.Select(r => r.ItemId).OfType<long>().Distinct().ToArray();
        var items = await db.Items.AsNoTracking().Where(i => ids.Contains(i.Id)).ToDictionaryAsync(i => i.Id, i => (i.Name, i.ExternalId), ct);
        var users = await db.Users.AsNoTracking().ToDictionaryAsync(u => u.Id.ToString(System.Globalization.CultureInfo.InvariantCulture), u => u.DisplayName, StringComparer.Ordinal, ct);
        var now = clock.GetUtcNow();
        return [.. rules.Select(rule =>
        {
            var item = rule.ItemId is { } id && items.TryGetValue(id, out var found) ? found : default;
            return new RuleRow(rule, item.Name ?? item.ExternalId, item.ExternalId, users.GetValueOrDefault(rule.CreatedBy) ?? rule.CreatedBy, rule.EndsAt <= now);
        })];
    }
}

/// <summary>A product that a search found.</summary>
public sealed record FoundItem(long Id, string Code, string Name);

/// <summary>Finds products by number or by part of the name, for the fields that ask for one.</summary>
public sealed class FindItemsHandler(LiveRecommendations live)
{
    private const int MaxFound = 8;

    public async Task<IReadOnlyList<FoundItem>> HandleAsync(string text, CancellationToken ct)
    {
        text = text.Trim();
        if (text.Length < 2 || await live.ReadAsync(ct) is not { } serving) return [];
        return [.. serving.Catalogue.Where(i => i.IsOffered && (i.ExternalId.StartsWith(text, StringComparison.OrdinalIgnoreCase) || i.Name?.Contains(text, StringComparison.OrdinalIgnoreCase) is true))
            .OrderByDescending(i => string.Equals(i.ExternalId, text, StringComparison.OrdinalIgnoreCase)).ThenBy(i => i.Name, StringComparer.Ordinal).Take(MaxFound)
            .Select(i => new FoundItem(i.Id, i.ExternalId, i.Name ?? i.ExternalId))];
    }
}
