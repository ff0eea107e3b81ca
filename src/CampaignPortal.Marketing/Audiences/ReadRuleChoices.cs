using CampaignPortal.Marketing.Audiences.Rules;
using CampaignPortal.Marketing.Customers.Attributes;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Privacy;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Audiences;

/// <param name="Values">For suggestions, the most frequent first; empty where there are too many to help. Of places, the most frequent ones however many there are.</param>
public sealed record AttributeChoice(string Name, AttributeKind Kind, IReadOnlyList<string> Values);

public sealed record AudienceName(long Id, string Name);

/// <param name="Id">As events name the campaign.</param>
public sealed record CampaignName(string Id, string Name);

/// <summary>Campaigns that conditions on messages can name; the feature above says which there are.</summary>
public interface ICampaignNames
{
    Task<IReadOnlyList<CampaignName>> ListAsync(CancellationToken ct);
}

/// <summary>What conditions can name in this shop.</summary>
/// <param name="Events">By how often they happen.</param>
/// <param name="Models">Live models that score customers.</param>
public sealed record RuleChoices(
    IReadOnlyList<AttributeChoice> Attributes, IReadOnlyList<string> Events, IReadOnlyList<string> Categories, IReadOnlyList<string> Models, IReadOnlyList<int> Segments, IReadOnlyList<AudienceName> Audiences,
    IReadOnlyList<CampaignName> Campaigns)
{
    /// <summary>Topics that customers said yes or no to, beside marketing in general; the best known first.</summary>
    public IReadOnlyList<string> Topics { get; init; } = [];

    /// <summary>Lists of recommendations that somebody has.</summary>
    public IReadOnlyList<string> Lists { get; init; } = [];
}

public sealed class ReadRuleChoicesHandler(IDbContextFactory<PortalDbContext> databases, PortalDatabase database, IEnumerable<ICampaignNames> campaigns)
{
    private const int SuggestedValues = 50, SuggestedPlaces = 500;

    public async Task<RuleChoices> HandleAsync(CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var definitions = await db.AttributeDefinitions.AsNoTracking().ToDictionaryAsync(d => d.Name, d => d.Kind, StringComparer.Ordinal, ct);
        var audiences = await db.Audiences.AsNoTracking().Where(a => a.ArchivedAt == null).OrderBy(a => a.Name).Select(a => new AudienceName(a.Id, a.Name)).ToListAsync(ct);
        var events = (await db.EventTypes.AsNoTracking().ToListAsync(ct)).GroupBy(e => e.Name, StringComparer.Ordinal)
            .OrderByDescending(g => g.Sum(e => e.Count)).Select(g => g.Key).Where(n => n is not (KnownEvents.ProfileUpdated or KnownEvents.ConsentChanged)).ToList();
        var sent = new List<CampaignName>();
        foreach (var source in campaigns) sent.AddRange(await source.ListAsync(ct));
        return await Task.Run(() => Read(definitions, events, audiences, sent), ct);
    }

    private RuleChoices Read(Dictionary<string, AttributeKind> definitions, List<string> events, List<AudienceName> audiences, List<CampaignName> sent)
    {
        var attributes = new List<AttributeChoice>();
        foreach (var name in Texts("select distinct \"Name\" from \"CustomerTraits\" order by \"Name\"").Where(n => !n.StartsWith(RuleFigures.Prefix, StringComparison.Ordinal)))
        {
            var most = PlaceTraits.All.Contains(name) ? SuggestedPlaces : SuggestedValues;
            var values = Texts("select \"Value\" from \"CustomerTraits\" where \"Name\" = @0 and \"Value\" <> '' group by \"Value\" order by count(*) desc limit @1", name, most + 1);
            var kind = definitions.TryGetValue(name, out var known) ? known : values.Count > 0 ? AttributeValue.KindOf(values[0]) : AttributeKind.Text;
            attributes.Add(new AttributeChoice(name, kind, values.Count <= most ? values : most is SuggestedPlaces ? values[..most] : []));
        }
        var segments = Numbers("select distinct \"Value\" from \"CustomerScores\" where \"Model\" = 'segments' order by \"Value\"");
        return new RuleChoices(
            attributes, events, Texts("select distinct \"Category\" from \"Items\" where \"Category\" is not null order by \"Category\" limit 500"),
            Texts("select h.\"Model\" from \"ModelHeads\" h where exists (select 1 from \"CustomerScores\" s where s.\"Model\" = h.\"Model\") and h.\"Model\" <> 'segments' order by h.\"Model\""), segments, audiences, sent)
        {
            Topics = Texts("select \"Purpose\" from \"Consents\" where \"Purpose\" not in (@0, @1, @2) group by \"Purpose\" order by count(*) desc, \"Purpose\" limit 50", ConsentProjection.Marketing, ContactWishes.Frequency, ContactWishes.Pause),
            Lists = [.. RecommendableCondition.Lists.Where(list => Texts("select \"List\" from \"RecommendationLists\" where \"List\" = @0 limit 1", list).Count > 0)],
        };
    }

    private List<string> Texts(string sql, params ReadOnlySpan<object?> values)
    {
        using var connection = database.OpenReader();
        using var command = connection.Prepare(sql, values.Length);
        for (var i = 0; i < values.Length; i++) command.Set(i, values[i]);
        using var reader = command.ExecuteReader();
        var texts = new List<string>();
        while (reader.Read()) texts.Add(reader.GetString(0));
        return texts;
    }

    private List<int> Numbers(string sql)
    {
        using var connection = database.OpenReader();
        using var command = connection.Prepare(sql, 0);
        using var reader = command.ExecuteReader();
        var numbers = new List<int>();
        while (reader.Read()) numbers.Add((int)reader.GetDouble(0));
        return numbers;
    }
}
