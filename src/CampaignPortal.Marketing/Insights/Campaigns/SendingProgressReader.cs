using System.Runtime.InteropServices;
using System.Text.Json;
using CampaignPortal.Marketing.Campaigns.Results;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Delivery;
using CampaignPortal.Marketing.Events;

namespace CampaignPortal.Marketing.Insights.Campaigns;

/// <summary>Messages that could not be made for one and the same reason.</summary>
/// <param name="Why">The value and what is wrong with it, as rendering said it.</param>
/// <param name="CustomerId">One customer whom it concerns, as an example.</param>
/// <param name="Customer">The shop's own id of that customer.</param>
public sealed record RenderingFailure(string Why, long Count, long CustomerId, string Customer);

/// <summary>Counts a campaign's messages by where they stand, and why some came back, from indexes.</summary>
public sealed class SendingProgressReader(PortalDatabase database, TimeProvider clock)
{
    private const int ShownFailures = 5, FewForPace = 10;

    public SendingProgress Read(long campaignId)
    {
        using var connection = database.OpenReader();
        var states = new Dictionary<MessageState, long>();
        using (var command = connection.Prepare("select \"State\", count(*) from \"Messages\" where \"CampaignId\" = @0 group by \"State\"", 1))
        {
            command.Set(0, campaignId);
            using var reader = command.ExecuteReader();
            while (reader.Read()) states[(MessageState)reader.GetInt32(0)] = reader.GetInt64(1);
        }
        var open = states.Where(s => !MessageStates.Ended.Contains(s.Key)).Sum(s => s.Value);
        return new SendingProgress(
            states.Values.Sum(), states.GetValueOrDefault(MessageState.Accepted), open, states.GetValueOrDefault(MessageState.InDoubt),
            KeptBack(connection, campaignId))
        {
            Bounces = Bounces(connection, campaignId),
            Failures = Failures(connection, campaignId),
            PerMinute = open > 0 ? PerMinute(connection, campaignId) : null,
            NextAt = open > 0 ? NextAt(connection, campaignId) : null,
        };
    }

    // By the index of ends, which holds few rows of the last minute, instead of all that the campaign ever sent.
    private double? PerMinute(System.Data.Common.DbConnection connection, long campaignId)
    {
        using var command = connection.Prepare(
            FormattableString.Invariant($"select count(*), min(\"EndedAt\") from \"Messages\" where \"EndedAt\" > @1 and +\"CampaignId\" = @0 and +\"State\" = {(int)MessageState.Accepted}"), 2);
        var now = clock.GetUtcNow();
        command.Set(0, campaignId);
        command.Set(1, Stored.Ticks(now.AddMinutes(-1)));
        using var reader = command.ExecuteReader();
        if (!reader.Read() || reader.GetInt64(0) is var count && count < FewForPace) return null;
        var seconds = (now - Stored.Time(reader.GetInt64(1))).TotalSeconds; // some ended, so one was the first
        return count * 60 / Math.Max(1, seconds);
    }

    private static DateTimeOffset? NextAt(System.Data.Common.DbConnection connection, long campaignId)
    {
        using var command = connection.Prepare($"select min(\"DueAt\") from \"Messages\" where \"CampaignId\" = @0 and \"State\" in ({string.Join(", ", MessageStates.Waiting.Select(s => ((int)s).ToString(System.Globalization.CultureInfo.InvariantCulture)))})", 1);
        return command.RunScalar(campaignId) is { } at ? Stored.Time(at) : null;
    }

    // From the people who count as bounced, so that the reasons add up to them; an event that was taken back since leaves a bounce without a reason.
    private static Dictionary<(string Reason, int Code), long> Bounces(System.Data.Common.DbConnection connection, long campaignId)
    {
        using var command = connection.Prepare(
            $"select min(e.\"Properties\") from \"CampaignRecipients\" r left join \"Events\" e on e.\"CustomerId\" = r.\"CustomerId\" and e.\"OccurredAt\" = r.\"BouncedAt\" and e.\"Type\" = '{KnownEvents.MessageBounced}' "
            + $"where r.\"CampaignId\" = @0 and r.\"VariantId\" > {CampaignRecipient.Holdout} and r.\"BouncedAt\" is not null group by r.\"Occurrence\", r.\"CustomerId\"", 1);
        command.Set(0, campaignId);
        using var reader = command.ExecuteReader();
        var bounces = new Dictionary<(string Reason, int Code), long>();
        while (reader.Read()) CollectionsMarshal.GetValueRefOrAddDefault(bounces, ReasonOf(reader.TextOrNull(0)), out _)++;
        return bounces;
    }

    private static (string Reason, int Code) ReasonOf(string? properties)
    {
        if (properties is null) return (MessageReasons.Unknown, 0);
        using var document = JsonDocument.Parse(properties);
        var root = document.RootElement;
        var code = root.TryGetProperty("code", out var number) && number.ValueKind is JsonValueKind.Number && number.TryGetInt32(out var reply) ? reply : 0;
        if (root.TryGetProperty("reason", out var reason) && reason.ValueKind is JsonValueKind.String && reason.GetString() is { Length: > 0 } said) return (said, code);
        var kind = root.TryGetProperty("kind", out var named) && named.ValueKind is JsonValueKind.String ? named.GetString() : null;
        return (kind switch { "hard" => MessageReasons.Bounced, "soft" => MessageReasons.SoftBounce, _ => MessageReasons.Unknown }, code);
    }

    private static Dictionary<string, long> KeptBack(System.Data.Common.DbConnection connection, long campaignId)
    {
        using var command = connection.Prepare(
            FormattableString.Invariant($"select coalesce(\"Reason\", 'unknown'), count(*) from \"Messages\" where \"CampaignId\" = @0 and \"State\" in ({(int)MessageState.Rejected}, {(int)MessageState.Suppressed}, {(int)MessageState.Expired}, {(int)MessageState.DeadLetter}) group by \"Reason\""), 1);
        command.Set(0, campaignId);
        using var reader = command.ExecuteReader();
        var reasons = new Dictionary<string, long>(StringComparer.Ordinal);
        while (reader.Read()) reasons[reader.GetString(0)] = reader.GetInt64(1);
        return reasons;
    }

    // An erased customer is nobody's example.
    private static List<RenderingFailure> Failures(System.Data.Common.DbConnection connection, long campaignId)
    {
        using var command = connection.Prepare(
            "select f.\"Why\", f.\"Count\", e.\"Id\", e.\"ExternalId\" from (select coalesce(m.\"ReplyText\", '') \"Why\", count(*) \"Count\", min(c.\"Id\") \"Example\" "
            + "from \"Messages\" m join \"Customers\" c on c.\"Id\" = m.\"CustomerId\" and c.\"ErasedAt\" is null "
            + FormattableString.Invariant($"where m.\"CampaignId\" = @0 and m.\"State\" in ({(int)MessageState.Suppressed}, {(int)MessageState.DeadLetter}) and m.\"Reason\" in ('{MessageReasons.Content}', '{MessageReasons.Render}') ")
            + FormattableString.Invariant($"group by 1 order by 2 desc, 1 limit {ShownFailures}) f join \"Customers\" e on e.\"Id\" = f.\"Example\" order by 2 desc, 1"),
            1);
        command.Set(0, campaignId);
        using var reader = command.ExecuteReader();
        var failures = new List<RenderingFailure>();
        while (reader.Read()) failures.Add(new RenderingFailure(reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetString(3)));
        return failures;
    }
}
