using System.Globalization;
using CampaignPortal.Marketing.Audit;
using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Database;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Recommendations.Serving;

/// <summary>Sets a rule.</summary>
/// <param name="Item">The shop's own number of the product, or nothing for a rule about a category.</param>
/// <param name="Actor">The user's number.</param>
public sealed record AddRule(string Kind, string? Strategy, string? Item, string? Category, int? Place, double? Factor, DateTimeOffset? EndsAt, string Actor);

/// <summary>Takes a rule away.</summary>
public sealed record RemoveRule(long Id, string Actor);

/// <summary>Changes the filters and the variety of a strategy.</summary>
public sealed record SaveStrategy(string Strategy, double Diversity, int NotBoughtInDays, bool InStockOnly, decimal? MinPrice, decimal? MaxPrice, string Actor);

/// <summary>Changes rules and settings; what was wrong comes back as the code of a sentence, beside its field.</summary>
public sealed class ChangeRulesHandler(RuleBook book, IDbContextFactory<PortalDbContext> databases, TimeProvider clock)
{
    public const string NoKind = "kind", NoTarget = "target", UnknownItem = "item", UnknownCategory = "category", NoStrategy = "strategy", WrongPlace = "place", WrongFactor = "factor", EndedAlready = "end",
        WrongPrice = "price", WrongDays = "days", WrongDiversity = "diversity";

    public const int MaxPlace = 20, MaxDays = 365;
    public const double MinFactor = 0.1, MaxFactor = 10;

    public async Task<Result<RecommendationRule>> HandleAsync(AddRule command, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (command.Strategy is { } strategy && Strategies.KindOf(strategy) is null) return Problem.At(nameof(command.Strategy), NoStrategy);
        if (command.EndsAt <= now) return Problem.At(nameof(command.EndsAt), EndedAlready);
        if (Wrong(command) is { } problem) return problem;
        await using var db = await databases.CreateDbContextAsync(ct);
        var (code, category) = (Clean(command.Item), Clean(command.Category));
        if (code is null == category is null) return Problem.At(nameof(command.Item), NoTarget);
        if (category is not null && !await db.Items.AnyAsync(i => i.Category != null && (i.Category == category || i.Category.StartsWith(category)), ct)) return Problem.At(nameof(command.Category), UnknownCategory);
        var item = code is null ? null : await db.Items.AsNoTracking().Where(i => i.ExternalId == code).Select(i => (long?)i.Id).SingleOrDefaultAsync(ct);
        if (code is not null && item is null) return Problem.At(nameof(command.Item), UnknownItem);

        var rule = new RecommendationRule
        {
            Kind = command.Kind, Strategy = command.Strategy, ItemId = item, Category = category,
            Place = command.Kind is RecommendationRule.Pin ? command.Place : null, Factor = command.Kind is RecommendationRule.Boost ? command.Factor : null,
            EndsAt = command.EndsAt, CreatedAt = now, CreatedBy = command.Actor,
        };
        return await book.AddAsync(rule, Entry("recommendations.rule.add", command.Actor, rule), ct);
    }

    /// <summary>False when somebody else was faster.</summary>
    public Task<bool> HandleAsync(RemoveRule command, CancellationToken ct) => book.RemoveAsync(command.Id, rule => Entry("recommendations.rule.remove", command.Actor, rule), ct);

    public async Task<Result<StrategySetting>> HandleAsync(SaveStrategy command, CancellationToken ct)
    {
        if (Strategies.KindOf(command.Strategy) is null) return Problem.At(nameof(command.Strategy), NoStrategy);
        if (command.Diversity is not (>= 0 and <= 1)) return Problem.At(nameof(command.Diversity), WrongDiversity);
        if (command.NotBoughtInDays is < 0 or > MaxDays) return Problem.At(nameof(command.NotBoughtInDays), WrongDays);
        if (command.MinPrice < 0 || command.MaxPrice < 0 || command.MaxPrice < command.MinPrice) return Problem.At(nameof(command.MaxPrice), WrongPrice);
        var setting = new StrategySetting
        {
            Strategy = command.Strategy, Diversity = command.Diversity, NotBoughtInDays = command.NotBoughtInDays, InStockOnly = command.InStockOnly,
            MinPrice = command.MinPrice, MaxPrice = command.MaxPrice, UpdatedAt = clock.GetUtcNow(), UpdatedBy = command.Actor,
        };
        var detail = string.Create(CultureInfo.InvariantCulture, $"variety {setting.Diversity}, not bought in {setting.NotBoughtInDays} days, in stock only {setting.InStockOnly}, price {setting.MinPrice}–{setting.MaxPrice}");
        await book.SaveAsync(setting, new AuditEntry { At = setting.UpdatedAt, Actor = command.Actor, Action = "recommendations.strategy", Target = setting.Strategy, Detail = detail }, ct);
        return setting;
    }

    private static Problem? Wrong(AddRule command) => command.Kind switch
    {
        RecommendationRule.Pin when Clean(command.Item) is null => Problem.At(nameof(command.Item), NoTarget),
        RecommendationRule.Pin when command.Place is not (>= 1 and <= MaxPlace) => Problem.At(nameof(command.Place), WrongPlace),
        RecommendationRule.Boost when command.Factor is not (>= MinFactor and <= MaxFactor) => Problem.At(nameof(command.Factor), WrongFactor),
        RecommendationRule.Pin or RecommendationRule.Block or RecommendationRule.Boost => null,
        _ => Problem.At(nameof(command.Kind), NoKind),
    };

    private static string? Clean(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    private AuditEntry Entry(string action, string actor, RecommendationRule rule) => new()
    {
        At = clock.GetUtcNow(), Actor = actor, Action = action, Target = rule.Strategy ?? "all strategies",
        Detail = string.Create(CultureInfo.InvariantCulture, $"{rule.Kind} {(rule.ItemId is { } id ? "item " + id.ToString(CultureInfo.InvariantCulture) : rule.Category)}, place {rule.Place}, factor {rule.Factor}, until {rule.EndsAt:O}"),
    };
}
