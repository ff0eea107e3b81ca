using System.Text.Json;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Imports.Conversion;
using CampaignPortal.Marketing.Imports.Mapping;

namespace CampaignPortal.Marketing.Imports.Storage;

/// <summary>Counts of an import so far. Immutable: a transaction that is tried again starts from the same counts.</summary>
internal sealed record ImportTotals(long Rows, long Accepted, long Duplicates, long Quarantined, long Dropped)
{
    public static ImportTotals Nothing { get; } = new(0, 0, 0, 0, 0);

    /// <summary>Of the accepted rows those that made something new; the others changed something.</summary>
    public long New { get; init; }

    /// <summary>Rows without an id that contact data led to a known customer.</summary>
    public long Merged { get; init; }

    public IReadOnlyDictionary<string, int> HeldBack { get; init; } = new Dictionary<string, int>(StringComparer.Ordinal);

    /// <summary>The counts after a chunk; every row of it is in exactly one of them.</summary>
    public ImportTotals After(ImportChunk chunk, AppendReport report, StageReport staged, IReadOnlyDictionary<string, int> heldBack)
    {
        long accepted = 0, duplicates = staged.Unchanged, conflicts = 0;
        for (var i = 0; i < report.Statuses.Count; i++)
        {
            if (!chunk.StandsForRow[i]) continue;
            switch (report.Statuses[i])
            {
                case AppendStatus.Accepted: accepted++; break;
                case AppendStatus.Duplicate: duplicates++; break;
                case AppendStatus.Conflict: conflicts++; break;
            }
        }
        if (chunk.ItemsAreRows) accepted += chunk.Items.Count;
        var held = new Dictionary<string, int>(HeldBack, StringComparer.Ordinal);
        foreach (var (reason, count) in heldBack) held[reason] = held.GetValueOrDefault(reason) + count;
        return new ImportTotals(Rows + chunk.RowCount, Accepted + accepted, Duplicates + duplicates, Quarantined + chunk.RefusedCount + conflicts, Dropped + chunk.DroppedCount + staged.Skipped)
        {
            New = New + accepted - staged.Changed,
            Merged = Merged + staged.Merged,
            HeldBack = held,
        };
    }

    public string ToJson() => JsonSerializer.Serialize(this, ImportJson.Options);

    public static ImportTotals FromJson(string? json) => json is null ? Nothing : JsonSerializer.Deserialize<ImportTotals>(json, ImportJson.Options) ?? Nothing;
}
