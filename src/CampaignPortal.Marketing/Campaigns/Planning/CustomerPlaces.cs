using System.Data.Common;
using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Customers;
using CampaignPortal.Marketing.Database;

namespace CampaignPortal.Marketing.Campaigns.Planning;

/// <summary>Where customers are: their zone and their country, read when the first is asked for, and the shop's where nobody knows.</summary>
internal sealed class CustomerPlaces
{
    private readonly ShopSettings _shop;
    private readonly Lazy<Dictionary<long, TimeZoneInfo>> _zones;
    private readonly Lazy<Dictionary<long, string>> _countries;

    public CustomerPlaces(PortalDatabase database, ShopSettings shop)
    {
        _shop = shop;
        _zones = new(() => Read(database, CustomerZones.Read));
        _countries = new(() => Read(database, CountriesOf));
    }

    public TimeZoneInfo ZoneOf(long customer) => _zones.Value.GetValueOrDefault(customer) ?? _shop.Zone;

    /// <summary>ISO 3166 code; null where not even the shop's is known.</summary>
    public string? CountryOf(long customer) => _countries.Value.GetValueOrDefault(customer) ?? (_shop.Country.Length > 0 ? _shop.Country : null);

    private static T Read<T>(PortalDatabase database, Func<DbConnection, T> read)
    {
        using var connection = database.OpenReader();
        return read(connection);
    }

    private static Dictionary<long, string> CountriesOf(DbConnection connection)
    {
        var known = new Dictionary<string, string?>(StringComparer.Ordinal);
        var countries = new Dictionary<long, string>();
        using var command = connection.Prepare("select \"CustomerId\", \"Value\" from \"CustomerTraits\" where \"Name\" = 'country'", 0);
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            var text = reader.GetString(1);
            if (!known.TryGetValue(text, out var country)) known[text] = country = Countries.Find(text);
            if (country is not null) countries[reader.GetInt64(0)] = country;
        }
        return countries;
    }
}

/// <summary>When a customer's message may leave, and until when it is useful.</summary>
internal sealed class DueTimes(CustomerPlaces places, Delivery.SendingCalendar calendar, TimeSpan sendWithin, DateTimeOffset from, DateTimeOffset now)
{
    // Nobody's place is read where no free day is near: a message is useful for a day, and clocks differ by less than two.
    private readonly bool _hasDays = calendar.HasDayBetween((from < now ? from : now).AddDays(-1), (from > now ? from : now) + sendWithin + TimeSpan.FromDays(2));

    /// <summary>Due at this moment, or when the customer's free days are over.</summary>
    public (DateTimeOffset Due, DateTimeOffset SendBefore) Of(long customer, DateTimeOffset due)
    {
        if (!_hasDays) return (due, due + sendWithin);
        var (zone, country) = (places.ZoneOf(customer), places.CountryOf(customer));
        var working = calendar.NextWorking(due, zone, country);
        return (working, calendar.UsefulUntil(working, sendWithin, zone, country));
    }
}
