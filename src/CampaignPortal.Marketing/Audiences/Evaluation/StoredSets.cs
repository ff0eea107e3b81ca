using System.Data.Common;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Privacy;

namespace CampaignPortal.Marketing.Audiences.Evaluation;

/// <summary>Sets that lie in the store as they are.</summary>
internal static class StoredSets
{
    /// <summary>All customers who were not erased.</summary>
    public static CustomerSet Everyone(DbConnection connection) => Read(connection, Capacity(connection), """select "Id" from "Customers" where "ErasedAt" is null""");

    /// <summary>The largest number of a customer.</summary>
    public static long Capacity(DbConnection connection)
    {
        using var newest = connection.Prepare("""select max("Id") from "Customers" """, 0);
        return newest.RunScalar() ?? 0;
    }

    public static CustomerSet MembersOf(DbConnection connection, long audienceId, long capacity) =>
        Read(connection, capacity, """select "CustomerId" from "AudienceMembers" where "AudienceId" = @0""", audienceId);

    /// <summary>Whom one may write to on a channel now: consent for marketing, an address where the channel needs one, and nothing that forbids it.</summary>
    public static CustomerSet Reachable(DbConnection connection, string channel, long capacity)
    {
        var reachable = Read(connection, capacity, $"""select "CustomerId" from "Consents" where "Channel" = @0 and "Purpose" = '{ConsentProjection.Marketing}' and "IsGranted" """, channel);
        reachable.AndNot(Forbidden(connection, channel, capacity));
        return channel switch
        {
            "email" => reachable.And(Read(connection, capacity, """select "CustomerId" from "Contacts" where "EmailHash" is not null""")),
            "sms" => reachable.And(Read(connection, capacity, """select "CustomerId" from "Contacts" where "PhoneHash" is not null""")),
            _ => reachable,
        };
    }

    /// <summary>Category by item; items without one are absent.</summary>
    public static Dictionary<long, string> Categories(DbConnection connection)
    {
        using var command = connection.Prepare("""select "Id", "Category" from "Items" where "Category" <> ''""", 0);
        using var reader = command.ExecuteReader();
        var categories = new Dictionary<long, string>();
        while (reader.Read()) categories[reader.GetInt64(0)] = reader.GetString(1);
        return categories;
    }

    /// <summary>Whom a channel must never reach, whatever they allowed: hard bounces, complaints, and what people entered.</summary>
    public static CustomerSet Forbidden(DbConnection connection, string channel, long capacity) =>
        Read(connection, capacity, """select "CustomerId" from "Suppressions" where "Channel" = @0""", channel);

    public static CustomerSet Read(DbConnection connection, long capacity, string sql, params ReadOnlySpan<object?> values)
    {
        using var command = connection.Prepare(sql, values.Length);
        for (var i = 0; i < values.Length; i++) command.Set(i, values[i]);
        using var reader = command.ExecuteReader();
        var set = new CustomerSet(capacity);
        while (reader.Read()) set.Add(reader.GetInt64(0));
        return set;
    }
}
