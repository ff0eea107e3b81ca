using System.Data.Common;
using CampaignPortal.Marketing.Content.Data;
using CampaignPortal.Marketing.Content.Templates;
using CampaignPortal.Marketing.Customers;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Privacy;

namespace CampaignPortal.Marketing.Content;

/// <summary>Reads what messages say about customers, in bulk: ten thousand people in about a second, and of each only what the content mentions.</summary>
public sealed class RenderDataReader(
    PortalDatabase database, ContactVault vault, ShopSettingsStore shop, MailIdentityStore identity, ItemReader items, IEnumerable<IRecommendationSource> recommendations, TimeProvider clock)
{
    /// <summary>By customer; who is erased or unknown is left out.</summary>
    /// <param name="customers">Each number once.</param>
    /// <param name="language">Language of the message, for the reasons beside products.</param>
    public async Task<IReadOnlyDictionary<long, RenderData>> ReadAsync(IReadOnlyList<long> customers, ContentNeeds needs, CancellationToken ct, string language = "en")
    {
        var now = clock.GetUtcNow();
        var people = await Task.Run(() => ReadPeople([.. customers.Order()], needs, now, ct), ct);
        if (needs.Lists.Count > 0) await AddListsAsync(people, needs, MailWords.Of(language), ct);
        return people.ToDictionary(p => p.Key, p => p.Value.Data);
    }

    private Dictionary<long, Person> ReadPeople(IReadOnlyList<long> customers, ContentNeeds needs, DateTimeOffset now, CancellationToken ct)
    {
        var settings = shop.Read();
        var common = ShopValues(settings, identity.Read());
        using var connection = database.OpenReader();
        using var snapshot = database.BeginSnapshot(connection);
        var contacts = vault.ReadMany(customers);
        var people = new Dictionary<long, Person>(customers.Count);
        CustomerRows.Read(
            connection, customers, "select \"Id\", \"ExternalId\" from \"Customers\" where \"ErasedAt\" is null and \"Id\" in ({0})",
            row =>
            {
                var (id, number) = (row.GetInt64(0), row.GetString(1));
                people[id] = PersonOf(id, number, contacts.GetValueOrDefault(id) ?? ContactData.Nothing, common, settings, now);
            },
            ct);
        if (needs.Any("traits")) TraitReader.Read(connection, customers, people, settings.Zone, ct);
        if (needs.Any("orders") || needs.Any("customer.life_stage")) ReadOrders(connection, customers, people, now, ct);
        if (needs.Any("customer.since")) ReadProfiles(connection, customers, people, ct);
        if (needs.Any("scores") || needs.Any("segment")) ScoreReader.Read(connection, customers, people, ct);
        if (needs.Any("orders.last_items")) items.ReadLastOrders(connection, customers, people, ct);
        return people;
    }

    private static Person PersonOf(long id, string number, ContactData contact, TemplateMap shopValues, ShopSettings settings, DateTimeOffset now)
    {
        var (first, last) = PersonName.Split(contact.Name);
        var customer = new TemplateMap
        {
            ["first_name"] = TemplateValue.Of(first), ["last_name"] = TemplateValue.Of(last), ["name"] = TemplateValue.Of(contact.Name), ["email"] = TemplateValue.Of(contact.Email), ["number"] = TemplateValue.Of(number),
        };
        var values = new TemplateMap { ["customer"] = TemplateValue.Of(customer), ["shop"] = TemplateValue.Of(shopValues), ["now"] = TemplateValue.Of(now) };
        return new Person(new RenderData(id, number, values) { Email = contact.Email, Name = contact.Name, Zone = settings.Zone, Now = now }, customer);
    }

    private static TemplateMap ShopValues(ShopSettings settings, MailIdentity identity) => new()
    {
        ["name"] = TemplateValue.Of(settings.Name), ["currency"] = TemplateValue.Of(settings.Currency), ["country"] = TemplateValue.Of(settings.Country), ["url"] = TemplateValue.Of(identity.WebAddress),
        ["postal_address"] = TemplateValue.Of(identity.PostalAddress),
    };

    private static void ReadOrders(DbConnection connection, IReadOnlyList<long> customers, Dictionary<long, Person> people, DateTimeOffset now, CancellationToken ct)
    {
        foreach (var person in people.Values) person.Add("orders", new TemplateMap { ["count"] = TemplateValue.Of(0m), ["total"] = TemplateValue.Of(0m) });
        foreach (var person in people.Values) person.Customer["life_stage"] = TemplateValue.Of(NameOf(LifeStage.NoOrder));
        CustomerRows.Read(
            connection, customers, "select \"CustomerId\", \"OrderCount\", \"Revenue\", \"ReturnedAmount\", \"FirstOrderAt\", \"LastOrderAt\" from \"CustomerTotals\" where \"CustomerId\" in ({0})",
            row =>
            {
                if (!people.TryGetValue(row.GetInt64(0), out var person)) return;
                var (count, revenue, returned) = (row.GetInt32(1), row.GetInt64(2) / 10_000m, row.GetInt64(3) / 10_000m);
                DateTimeOffset? first = row.NumberOrNull(4) is { } f ? Stored.Time(f) : null, last = row.NumberOrNull(5) is { } l ? Stored.Time(l) : null;
                person.Add("orders", new TemplateMap
                {
                    ["count"] = TemplateValue.Of((decimal)count), ["total"] = TemplateValue.Of(revenue - returned), ["average"] = count > 0 ? TemplateValue.Of(Math.Round(revenue / count, 2)) : TemplateValue.Missing,
                    ["first_at"] = TemplateValue.Of(first), ["last_at"] = TemplateValue.Of(last),
                });
                person.Customer["life_stage"] = TemplateValue.Of(NameOf(LifeStages.Of(count, first, last, now)));
            },
            ct);
    }

    private static void ReadProfiles(DbConnection connection, IReadOnlyList<long> customers, Dictionary<long, Person> people, CancellationToken ct) => CustomerRows.Read(
        connection, customers, "select \"CustomerId\", \"FirstSeenAt\" from \"CustomerProfiles\" where \"CustomerId\" in ({0})",
        row =>
        {
            if (people.TryGetValue(row.GetInt64(0), out var person)) person.Customer["since"] = TemplateValue.Of(Stored.Time(row.GetInt64(1)));
        },
        ct);

    private async Task AddListsAsync(Dictionary<long, Person> people, ContentNeeds needs, MailWords words, CancellationToken ct)
    {
        // A message may show the same list twice, with 3 and with 6: the longer one serves both.
        foreach (var list in needs.Lists.GroupBy(l => l.Strategy, StringComparer.Ordinal))
        {
            var need = new ListNeed(list.Key, list.Max(l => l.Count));
            var offered = new Dictionary<long, IReadOnlyList<OfferedItem>>();
            foreach (var source in recommendations)
            {
                foreach (var (customer, products) in await source.ReadAsync([.. people.Keys], need, ct)) offered.TryAdd(customer, products);
            }
            var maps = items.ReadOffered(offered.Values.SelectMany(o => o).Select(o => o.ItemId).Distinct().ToArray());
            foreach (var (customer, products) in offered)
            {
                if (!people.TryGetValue(customer, out var person)) continue;
                person.Lists[list.Key] = TemplateValue.Of([.. products.Where(p => maps.ContainsKey(p.ItemId)).Take(need.Count).Select(p => TemplateValue.Of(maps[p.ItemId].Offered(p, words.Reason(p.Reason, p.Arguments))))]);
            }
        }
    }

    private static string NameOf(LifeStage stage) => stage switch
    {
        LifeStage.NoOrder => "no-order",
        LifeStage.New => "new",
        LifeStage.Active => "active",
        LifeStage.Slipping => "slipping",
        _ => "lapsed",
    };
}

/// <summary>Data of one customer while they are gathered.</summary>
internal sealed class Person(RenderData data, TemplateMap customer)
{
    private TemplateMap? _lists;

    public RenderData Data => data;

    public TemplateMap Customer => customer;

    public TemplateMap Lists
    {
        get
        {
            if (_lists is null) Add("recommendations", _lists = new TemplateMap());
            return _lists;
        }
    }

    public void Add(string name, TemplateMap values) => data.Values[name] = TemplateValue.Of(values);

    /// <summary>The map under this name, made when it is not there.</summary>
    public TemplateMap MapOf(string name)
    {
        if (data.Values[name].Map is { } known) return known;
        var made = new TemplateMap();
        Add(name, made);
        return made;
    }
}
