using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using CampaignPortal.Marketing.Content.Templates;
using CampaignPortal.Marketing.Customers.Attributes;

namespace CampaignPortal.Marketing.Content.Data;

/// <summary>Traits of customers as values of their kind.</summary>
internal static class TraitReader
{
    public static void Read(DbConnection connection, IReadOnlyList<long> customers, Dictionary<long, Person> people, TimeZoneInfo zone, CancellationToken ct)
    {
        var kinds = ReadKinds(connection);
        CustomerRows.Read(
            connection, customers, "select \"CustomerId\", \"Name\", \"Value\" from \"CustomerTraits\" where \"CustomerId\" in ({0})",
            row =>
            {
                if (!people.TryGetValue(row.GetInt64(0), out var person)) return;
                var (name, value) = (row.GetString(1), row.GetString(2));
                if (value.Length > 0) person.MapOf("traits")[name] = ValueOf(kinds.TryGetValue(name, out var kind) ? kind : AttributeValue.KindOf(value), value, zone);
            },
            ct);
    }

    /// <summary>The stored text as a value; one that does not fit its kind stays a text.</summary>
    internal static TemplateValue ValueOf(AttributeKind kind, string stored, TimeZoneInfo zone) => kind switch
    {
        AttributeKind.Number or AttributeKind.Money when decimal.TryParse(stored, NumberStyles.Number, CultureInfo.InvariantCulture, out var number) => TemplateValue.Of(number),
        AttributeKind.Boolean when stored is "true" or "false" => TemplateValue.Of(stored is "true"),
        AttributeKind.Date when DateOnly.TryParseExact(stored, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) => TemplateValue.Of(Noon(day, zone)),
        AttributeKind.DateTime when DateTimeOffset.TryParse(stored, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) => TemplateValue.Of(time),
        AttributeKind.List => TemplateValue.Of([.. AttributeValue.Parts(stored).Select(TemplateValue.Of)]),
        AttributeKind.Map => MapOf(stored),
        _ => TemplateValue.Of(stored),
    };

    private static Dictionary<string, AttributeKind> ReadKinds(DbConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "select \"Name\", \"Kind\" from \"AttributeDefinitions\"";
        using var reader = command.ExecuteReader();
        var kinds = new Dictionary<string, AttributeKind>(StringComparer.Ordinal);
        while (reader.Read()) kinds[reader.GetString(0)] = Enum.Parse<AttributeKind>(reader.GetString(1));
        return kinds;
    }

    // A day has no zone; its noon is that day wherever the message is read in.
    private static DateTimeOffset Noon(DateOnly day, TimeZoneInfo zone)
    {
        var noon = day.ToDateTime(new TimeOnly(12, 0));
        return new DateTimeOffset(noon, zone.GetUtcOffset(noon));
    }

    private static TemplateValue MapOf(string stored)
    {
        try
        {
            using var document = JsonDocument.Parse(stored);
            if (document.RootElement.ValueKind is not JsonValueKind.Object) return TemplateValue.Of(stored);
            return TemplateValue.Of(new TemplateMap(document.RootElement.EnumerateObject().Select(p =>
                KeyValuePair.Create(p.Name, TemplateValue.Of(p.Value.ValueKind is JsonValueKind.String ? p.Value.GetString() : p.Value.GetRawText())))));
        }
        catch (JsonException)
        {
            return TemplateValue.Of(stored); // a text that only begins like one
        }
    }
}
