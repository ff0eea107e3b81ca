using System.Data.Common;
using System.Globalization;
using CampaignPortal.Marketing.Content.Html;
using CampaignPortal.Marketing.Content.Templates;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events;

namespace CampaignPortal.Marketing.Content.Data;

/// <summary>Items as messages show them: with addresses that also work outside the shop's pages.</summary>
public sealed class ItemReader(PortalDatabase database, ShopSettingsStore shop, MailIdentityStore identity)
{
    private const int MaxLastItems = 10;

    internal Dictionary<long, ItemValues> ReadOffered(IReadOnlyList<long> ids)
    {
        using var connection = database.OpenReader();
        return ReadItems(connection, ids, CancellationToken.None);
    }

    /// <summary>Adds the lines of each customer's last order.</summary>
    internal void ReadLastOrders(DbConnection connection, IReadOnlyList<long> customers, Dictionary<long, Person> people, CancellationToken ct)
    {
        const string Paid = $"e.\"Type\" = '{KnownEvents.OrderPlaced}' and e.\"ItemId\" is not null and e.\"Amount\" > 0";
        var lines = new List<(long Customer, long Item, decimal? Quantity, decimal? Amount)>();
        CustomerRows.Read(
            connection, customers,
            $$"""
            select e."CustomerId" as "Customer", e."ItemId", e."Quantity", e."Amount", e."Sequence" as "Number" from "CustomerTotals" t join "Events" e on e."CustomerId" = t."CustomerId" and e."OccurredAt" >= t."LastOrderAt"
            where t."CustomerId" in ({0}) and {{Paid}}
            union all select j."CustomerId", e."ItemId", e."Quantity", e."Amount", e."Sequence" from {{JoinedHistory.From}}
              and j."CustomerId" in ({0}) and {{Paid}} and e."OccurredAt" >= (select t."LastOrderAt" from "CustomerTotals" t where t."CustomerId" = j."CustomerId") order by "Customer", "Number"
            """,
            row => lines.Add((row.GetInt64(0), row.GetInt64(1), row.NumberOrNull(2) / 10_000m, row.NumberOrNull(3) / 10_000m)),
            ct);
        var items = ReadItems(connection, [.. lines.Select(l => l.Item).Distinct()], ct);
        foreach (var order in lines.GroupBy(l => l.Customer))
        {
            if (!people.TryGetValue(order.Key, out var person)) continue;
            person.MapOf("orders")["last_items"] = TemplateValue.Of([.. order.Where(l => items.ContainsKey(l.Item)).Take(MaxLastItems).Select(l =>
                TemplateValue.Of(items[l.Item].With("quantity", TemplateValue.Of(l.Quantity), "amount", TemplateValue.Of(l.Amount))))]);
        }
    }

    private Dictionary<long, ItemValues> ReadItems(DbConnection connection, IReadOnlyList<long> ids, CancellationToken ct)
    {
        var (currency, web) = (shop.Read().Currency, identity.Read().WebAddress);
        var items = new Dictionary<long, ItemValues>(ids.Count);
        CustomerRows.Read(
            connection, ids, "select \"Id\", \"ExternalId\", \"Name\", \"Description\", \"Category\", \"Price\", \"Currency\", \"ImageUrl\", \"Url\" from \"Items\" where \"Id\" in ({0})",
            row => items[row.GetInt64(0)] = new ItemValues(
            [
                new("number", TemplateValue.Of(row.GetString(1))), new("name", TemplateValue.Of(row.TextOrNull(2) ?? row.GetString(1))), new("description", TemplateValue.Of(row.TextOrNull(3))),
                new("category", TemplateValue.Of(row.TextOrNull(4))), new("price", TemplateValue.Of(row.NumberOrNull(5) / 10_000m)), new("currency", TemplateValue.Of(row.TextOrNull(6) ?? currency)),
                new("image", TemplateValue.Of(Absolute(row.TextOrNull(7), web, isPicture: true))), new("url", TemplateValue.Of(Absolute(row.TextOrNull(8), web, isPicture: false))),
            ]),
            ct);
        return items;
    }

    // Null where it leads nowhere: a card then shows the name without a link, or without a picture.
    private static string? Absolute(string? address, string web, bool isPicture)
    {
        if (string.IsNullOrWhiteSpace(address)) return null;
        address = MessageAddress.IsRelative(address) && web.Length > 0 ? string.Create(CultureInfo.InvariantCulture, $"{web}/{address.TrimStart('/')}") : address;
        return (isPicture ? MessageAddress.IsPicture(address) : MessageAddress.IsWeb(address)) ? address : null;
    }
}

/// <summary>Values of an item, shared by everybody to whom it is shown.</summary>
internal sealed class ItemValues(IReadOnlyList<KeyValuePair<string, TemplateValue>> values)
{
    /// <param name="reason">In the words of the message; null where it has none.</param>
    public TemplateMap Offered(OfferedItem offer, string? reason) => new(values) { ["reason"] = TemplateValue.Of(reason), Offer = offer };

    public TemplateMap With(string name, TemplateValue value, string second, TemplateValue other) => new(values) { [name] = value, [second] = other };
}
