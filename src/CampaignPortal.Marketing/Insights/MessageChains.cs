using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using CampaignPortal.Marketing.Campaigns.Results;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events;

namespace CampaignPortal.Marketing.Insights;

/// <summary>What followed a message: when a person first opened it, clicked in it, and bought after that click. Null where they did not.</summary>
/// <param name="MessageId">Its number in the outbox; null for a message that another system sent.</param>
public sealed record MessageChain(long? MessageId, DateTimeOffset? OpenedAt, DateTimeOffset? ClickedAt, DateTimeOffset? BoughtAt);

/// <summary>Puts what followed beside the messages of a timeline. Visits of machines do not count.</summary>
internal static class MessageChains
{
    private static readonly TimeSpan Window = TimeSpan.FromDays(7); // as long as orders count for a campaign

    /// <summary>The same entries, those of messages with their chains.</summary>
    public static IReadOnlyList<TimelineEntry> Add(DbConnection connection, long customerId, IReadOnlyList<TimelineEntry> entries)
    {
        var sent = entries.Where(IsFollowed).ToArray();
        if (sent.Length is 0) return entries;
        var later = ReadLater(connection, customerId, sent.Min(e => e.At));
        return [.. entries.Select(e => IsFollowed(e) ? e with { Chain = Of(e, later) } : e)];
    }

    private static bool IsFollowed(TimelineEntry entry) => entry.Type is KnownEvents.MessageSent && (entry.CampaignId is not null || IdOf(entry.Properties) is not null);

    private static MessageChain Of(TimelineEntry sent, IReadOnlyList<Later> later)
    {
        var id = IdOf(sent.Properties);
        // What another system sent is known by its campaign, which wrote to this person once.
        bool IsOfIt(Later l) => id is null ? l.MessageId is null && l.CampaignId == sent.CampaignId : l.MessageId == id;
        var opened = later.FirstOrDefault(l => l.Type is KnownEvents.MessageOpened && IsOfIt(l))?.At;
        var clicked = later.FirstOrDefault(l => l.Type is KnownEvents.MessageClicked && IsOfIt(l))?.At;
        var bought = clicked is { } at ? later.FirstOrDefault(l => l.Type is KnownEvents.OrderPlaced && l.At >= at && l.At < sent.At + Window)?.At : null;
        return new MessageChain(id, opened ?? clicked, clicked, bought); // whoever clicks has opened, also where the picture was not fetched
    }

    // Along the index on (customer, time), oldest first.
    private static List<Later> ReadLater(DbConnection connection, long customerId, DateTimeOffset from)
    {
        using var command = connection.Prepare(
            $"select \"Type\", \"OccurredAt\", \"Properties\", \"CampaignId\" from \"Events\" where \"CustomerId\" = @0 and \"OccurredAt\" >= @1 "
            + $"and \"Type\" in ('{KnownEvents.MessageOpened}', '{KnownEvents.MessageClicked}', '{KnownEvents.OrderPlaced}') order by \"OccurredAt\", \"Sequence\"",
            2);
        command.Set(0, customerId);
        command.Set(1, Stored.Ticks(from));
        using var rows = command.ExecuteReader();
        var later = new List<Later>();
        while (rows.Read())
        {
            var (type, properties) = (rows.GetString(0), rows.TextOrNull(2));
            if (type is not KnownEvents.OrderPlaced && !Reactions.IsByPerson(properties)) continue;
            later.Add(new Later(type, Stored.Time(rows.GetInt64(1)), type is KnownEvents.OrderPlaced ? null : IdOf(properties), rows.TextOrNull(3)));
        }
        return later;
    }

    private static long? IdOf(string? properties)
    {
        if (properties is null) return null;
        using var document = JsonDocument.Parse(properties);
        if (!document.RootElement.TryGetProperty("message", out var id)) return null;
        return id.ValueKind switch
        {
            JsonValueKind.Number when id.TryGetInt64(out var number) => number,
            JsonValueKind.String when long.TryParse(id.GetString(), CultureInfo.InvariantCulture, out var number) => number,
            _ => null,
        };
    }

    private sealed record Later(string Type, DateTimeOffset At, long? MessageId, string? CampaignId);
}
