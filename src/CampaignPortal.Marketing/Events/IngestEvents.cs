using System.Text.Json;
using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events.Catalogue;

namespace CampaignPortal.Marketing.Events;

/// <summary>What became of one entry of a posted batch.</summary>
/// <param name="MessageId">As sent; null when the entry had none that can be read.</param>
/// <param name="Status"><c>accepted</c>, <c>duplicate</c> or <c>quarantined</c>.</param>
/// <param name="Reason">Why it lies in quarantine: one of <see cref="QuarantineReasons"/>.</param>
public sealed record IngestRow(string? MessageId, string Status, string? Reason);

/// <summary>The answer to a posted batch; the three counts add up to the entries posted.</summary>
public sealed record IngestReport(int Accepted, int Duplicates, int Quarantined, IReadOnlyList<IngestRow> Rows)
{
    public static IngestReport Of(IReadOnlyList<IngestRow> rows) =>
        new(rows.Count(r => r.Status is "accepted"), rows.Count(r => r.Status is "duplicate"), rows.Count(r => r.Status is "quarantined"), rows);
}

/// <summary>Takes a batch of tracking calls (Segment's field names), checks each entry, stores the good ones together and quarantines the others.</summary>
public sealed class IngestEventsHandler(EventLog log, ShopSettingsStore shop, EventPolicies policies, TimeProvider clock)
{
    /// <summary>Entries of one batch.</summary>
    public const int MaxEntryCount = 1_000;

    /// <summary>Whether a sender should be told to come back before its body is read.</summary>
    public bool IsBusy => log.IsFull;

    /// <summary>Answers after the commit; null when the log is too busy to take the batch in.</summary>
    /// <param name="source">Name of the API key: message ids are unique for it.</param>
    /// <param name="batch">The array of entries.</param>
    /// <param name="sentAt">When the whole batch was sent, by the sender's clock.</param>
    /// <param name="isPublic">Sent by a browser with a key that everybody can read: it may tell what its visitor did, and changes neither contact data nor consents.</param>
    /// <param name="ct">Ends the waiting, not the storing.</param>
    public async Task<IngestReport?> HandleAsync(string source, JsonElement batch, DateTimeOffset? sentAt, bool isPublic, CancellationToken ct)
    {
        var reader = new TrackingCallReader(clock.GetUtcNow(), sentAt, shop.Read().Currency, name => (isPublic ? BrowserEvents.RefusalOf(name) : null) ?? policies.RefusalOf(source, name));
        var entries = new List<TrackingEntry>();
        foreach (var element in batch.EnumerateArray()) entries.Add(reader.Read(element, entries.Count));

        var events = new EventBatch(source, [.. entries.SelectMany(e => e.Events)])
        {
            Items = [.. entries.SelectMany(e => e.Items)],
            Contacts = isPublic ? [] : [.. entries.Select(e => e.Contact).OfType<ContactDraft>()],
            Quarantine = [.. entries.Select(e => e.Refused).OfType<QuarantineDraft>()],
        };
        FaultPoints.Hit("ingest.after-parse");
        if (!log.TryAppend(events, out var answer)) return null;
        return Report(entries, await answer.WaitAsync(ct));
    }

    private static IngestReport Report(List<TrackingEntry> entries, AppendReport stored)
    {
        var rows = new IngestRow[entries.Count];
        var next = 0;
        for (var i = 0; i < rows.Length; i++)
        {
            var entry = entries[i];
            if (entry.Refused is { } refused)
            {
                rows[i] = new IngestRow(entry.MessageId, "quarantined", refused.Reason);
                continue;
            }
            // An order of several lines is one entry: new when any line is, in conflict when any line is.
            var statuses = stored.Statuses.Skip(next).Take(entry.Events.Count).ToArray();
            next += statuses.Length;
            rows[i] = statuses.Contains(AppendStatus.Conflict) ? new IngestRow(entry.MessageId, "quarantined", QuarantineReasons.ConflictPayload)
                : statuses.Contains(AppendStatus.Accepted) ? new IngestRow(entry.MessageId, "accepted", null)
                : new IngestRow(entry.MessageId, "duplicate", null);
        }
        return IngestReport.Of(rows);
    }
}
