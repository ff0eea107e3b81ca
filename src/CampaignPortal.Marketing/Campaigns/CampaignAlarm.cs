using System.Data.Common;
using System.Globalization;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Delivery;

namespace CampaignPortal.Marketing.Campaigns;

/// <summary>Pauses a campaign when too many of its messages come back or too many readers complain. The host calls it every few seconds.</summary>
/// <remarks>Providers block senders above about these shares for weeks, everything else they send included: the rest of one campaign is the smaller loss.</remarks>
public sealed class CampaignAlarm(PortalDatabase database, DeliveryQueue outbox, TimeProvider clock)
{
    /// <summary>Of what was sent.</summary>
    public const double MostBounced = 0.05;

    /// <summary>Of what was delivered.</summary>
    public const double MostComplained = 0.003;

    /// <summary>Bounces of fewer messages may be chance, or one bad address among few.</summary>
    public const int LeastSent = 200;

    /// <summary>One or two complaints may be chance in any campaign.</summary>
    public const int LeastComplaints = 3;

    /// <summary>One round over the newest run of each campaign that sends or will send again.</summary>
    public async Task PassAsync(CancellationToken ct)
    {
        foreach (var (id, state, reason) in Troubled())
        {
            var isPaused = await database.WriteAsync(transaction => CampaignTransitions.Move(transaction, id, state, CampaignState.Paused, CampaignEndings.Portal, reason, clock.GetUtcNow()), ct);
            if (isPaused) outbox.Wake();
        }
    }

    private List<(long Id, CampaignState State, string Reason)> Troubled()
    {
        using var reader = database.OpenReader();
        var troubled = new List<(long, CampaignState, string)>();
        foreach (var (id, state, occurrence) in Running(reader))
        {
            var figures = ResumedAt(reader, id) is { } resumed ? Since(reader, id, occurrence, resumed) : Whole(reader, id, occurrence);
            if (figures.Trouble is { } reason) troubled.Add((id, state, reason));
        }
        return troubled;
    }

    private static List<(long Id, CampaignState State, long Occurrence)> Running(DbConnection reader)
    {
        using var find = reader.Prepare(
            "select c.\"Id\", c.\"State\", (select r.\"Occurrence\" from \"CampaignRuns\" r where r.\"CampaignId\" = c.\"Id\" order by r.\"Id\" desc limit 1) from \"Campaigns\" c where c.\"State\" in ('Sending', 'Scheduled')", 0);
        using var rows = find.ExecuteReader();
        var running = new List<(long, CampaignState, long)>();
        while (rows.Read())
        {
            if (rows.NumberOrNull(2) is { } occurrence) running.Add((rows.GetInt64(0), Enum.Parse<CampaignState>(rows.GetString(1)), occurrence));
        }
        return running;
    }

    /// <summary>When a person resumed it after an alarm: they know the figures up to then. Null without an alarm.</summary>
    private static long? ResumedAt(DbConnection reader, long id)
    {
        using var find = reader.Prepare(
            "select max(\"At\") from \"CampaignTransitions\" where \"CampaignId\" = @0 and \"From\" = 'Paused' and \"Id\" > (select max(\"Id\") from \"CampaignTransitions\" "
            + "where \"CampaignId\" = @0 and \"To\" = 'Paused' and \"By\" = @1 and (\"Reason\" like @2 or \"Reason\" like @3))",
            4);
        return find.RunScalar(id, CampaignEndings.Portal, CampaignReasons.Bounces + " %", CampaignReasons.Complaints + " %");
    }

    private static Outcomes Whole(DbConnection reader, long id, long occurrence)
    {
        using var sum = reader.Prepare("select sum(\"Sent\"), sum(\"Bounced\"), sum(\"Complained\") from \"CampaignArmDays\" where \"CampaignId\" = @0 and \"Occurrence\" = @1", 2);
        return Read(sum, id, occurrence);
    }

    // What bounces or is complained about after the restart, but was sent before it, belongs to the old figures.
    private static Outcomes Since(DbConnection reader, long id, long occurrence, long since)
    {
        using var sum = reader.Prepare("select count(*), count(\"BouncedAt\"), count(\"ComplainedAt\") from \"CampaignRecipients\" where \"CampaignId\" = @0 and \"Occurrence\" = @1 and \"SentAt\" > @2", 3);
        return Read(sum, id, occurrence, since);
    }

    private static Outcomes Read(DbCommand sum, params ReadOnlySpan<long> values)
    {
        for (var i = 0; i < values.Length; i++) sum.Set(i, values[i]);
        using var row = sum.ExecuteReader();
        return row.Read() ? new Outcomes(row.NumberOrNull(0) ?? 0, row.NumberOrNull(1) ?? 0, row.NumberOrNull(2) ?? 0) : default;
    }

    private readonly record struct Outcomes(long Sent, long Bounced, long Complained)
    {
        private long Delivered => Sent - Bounced;

        public string? Trouble => this switch
        {
            { Sent: >= LeastSent } when Bounced > Sent * MostBounced => string.Create(CultureInfo.InvariantCulture, $"{CampaignReasons.Bounces} {Bounced} {Sent}"),
            { Complained: >= LeastComplaints } when Complained > Delivered * MostComplained => string.Create(CultureInfo.InvariantCulture, $"{CampaignReasons.Complaints} {Complained} {Delivered}"),
            _ => null,
        };
    }
}
