using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using CampaignPortal.Marketing.Audit;
using CampaignPortal.Marketing.Customers.Notes;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Privacy;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Insights;

/// <summary>Answers an access request: everything that the portal holds of one person, what was inferred included, as one readable JSON document.</summary>
public sealed class ExportPersonHandler(IDbContextFactory<PortalDbContext> databases, ContactVault vault, CustomerNotes notes, ChangeConsentHandler consents, TimeProvider clock)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }; // a file for people, not a page

    /// <summary>The document in UTF-8, or null for nobody; audited.</summary>
    public async Task<byte[]?> HandleAsync(long customerId, long by, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        if (await db.Customers.AsNoTracking().FirstOrDefaultAsync(c => c.Id == customerId && c.ErasedAt == null, ct) is not { } customer) return null;
        var document = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["made"] = clock.GetUtcNow(),
            ["customer"] = new { customer.ExternalId, customer.CreatedAt },
            ["contact"] = vault.Read(customerId),
            ["attributes"] = await db.CustomerTraits.AsNoTracking().Where(t => t.CustomerId == customerId).Select(t => new { t.Name, t.Value, t.ChangedAt }).ToListAsync(ct),
            ["consents"] = await consents.HistoryAsync(customerId, ct),
            ["neverWrittenTo"] = await db.Suppressions.AsNoTracking().Where(s => s.CustomerId == customerId).Select(s => new { s.Channel, s.Reason, s.Since }).ToListAsync(ct),
            ["notes"] = await notes.ListAsync(customerId, ct),
            ["orders"] = await db.Orders.AsNoTracking().Where(o => o.CustomerId == customerId).OrderBy(o => o.PlacedAt)
                .Select(o => new { o.OrderId, o.PlacedAt, o.LineCount, o.Quantity, o.Amount, o.ReturnedAmount }).ToListAsync(ct),
            ["events"] = await ReadEventsAsync(db, customerId, ct),
            ["browsers"] = await db.Identifications.AsNoTracking().Where(i => i.CustomerId == customerId).OrderBy(i => i.Sequence)
                .Select(i => new { Browser = db.Visitors.Where(v => v.Id == i.VisitorId).Select(v => v.ExternalId).FirstOrDefault(), IdentifiedAt = i.At, ByEvent = i.Sequence, WithWhatItDidBefore = i.TakesHistory }).ToListAsync(ct),
            ["inferred"] = await ReadScoresAsync(db, customerId, ct),
            ["inferredBefore"] = await db.ScoreHistory.AsNoTracking().Where(s => s.CustomerId == customerId).OrderBy(s => s.AsOf).Select(s => new { s.Model, s.AsOf, s.Value }).ToListAsync(ct),
            ["recommended"] = (await db.RecommendationLists.AsNoTracking().Where(l => l.CustomerId == customerId).ToListAsync(ct)).Select(l => new { l.List, l.AsOf, Items = JsonNode.Parse(l.Items) }),
            ["whatItMeans"] = Meanings,
        };
        db.AuditEntries.Add(new AuditEntry { At = clock.GetUtcNow(), Actor = FormattableString.Invariant($"{by}"), Action = "customers.export person", Target = FormattableString.Invariant($"customer {customerId}") });
        await db.SaveChangesAsync(ct);
        return JsonSerializer.SerializeToUtf8Bytes(document, Json);
    }

    private static async Task<object> ReadEventsAsync(PortalDbContext db, long customerId, CancellationToken ct)
    {
        var history = db.Identifications.Where(i => i.CustomerId == customerId && i.TakesHistory)
            .SelectMany(i => db.Events.Where(e => e.VisitorId == i.VisitorId && e.CustomerId == null && e.Sequence < i.Sequence));
        var events = await ToRows(db, db.Events.Where(e => e.CustomerId == customerId)).ToListAsync(ct);
        events.AddRange(await ToRows(db, history).ToListAsync(ct)); // each by its own index
        return events.OrderBy(e => e.OccurredAt).ThenBy(e => e.Sequence).Select(e => new
        {
            e.Type, e.OccurredAt, e.Source, e.OrderId, e.Item, e.Quantity, e.Amount, e.Currency, e.CampaignId, e.VariantId, Properties = e.Properties is null ? null : JsonNode.Parse(e.Properties),
        }).ToList();
    }

    private static IQueryable<EventOfPerson> ToRows(PortalDbContext db, IQueryable<StoredEvent> events) => events.AsNoTracking().Select(e => new EventOfPerson(
        e.Sequence, e.Type, e.OccurredAt, e.Source, e.OrderId, db.Items.Where(i => i.Id == e.ItemId).Select(i => i.Name ?? i.ExternalId).FirstOrDefault(), e.Quantity, e.Amount, e.Currency, e.CampaignId, e.VariantId, e.Properties));

    private sealed record EventOfPerson(
        long Sequence, string Type, DateTimeOffset OccurredAt, string Source, string? OrderId, string? Item, decimal? Quantity, decimal? Amount, string? Currency, string? CampaignId, string? VariantId, string? Properties);

    private static async Task<object> ReadScoresAsync(PortalDbContext db, long customerId, CancellationToken ct)
    {
        var scores = await db.CustomerScores.AsNoTracking().Where(s => s.CustomerId == customerId).OrderBy(s => s.Model).ToListAsync(ct);
        return scores.ConvertAll(s => new { s.Model, s.Version, s.Value, s.Lower, s.Upper, s.Percentile, s.AsOf, Reasons = s.Reasons is null ? null : JsonNode.Parse(s.Reasons) });
    }

    // An inference without its meaning answers no question of the person whom it is about.
    private static readonly IReadOnlyDictionary<string, string> Meanings = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["purchase-30"] = "Estimated chance, 0 to 1, of an order within 30 days.",
        ["churn-90"] = "Estimated chance, 0 to 1, of no order within 90 days.",
        ["lifetime-value"] = "Money expected within 12 months.",
        ["lifetime-value.alive"] = "Estimated chance, 0 to 1, of ever ordering again.",
        ["lifetime-value.next-order"] = "Days until the next order is expected.",
        ["segments"] = "Number of the group of customers with similar orders.",
        ["percentile"] = "Share of customers with a lower value, 0 to 1.",
        ["reasons"] = "What moved the estimate, in the unit of the estimate, against the average of all customers.",
    };
}
