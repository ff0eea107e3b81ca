using System.Data.Common;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Imports.Conversion;

namespace CampaignPortal.Marketing.Imports.Storage;

/// <summary>Moves rows out of quarantine, each once, in the transaction of the events that they became.</summary>
internal static class QuarantineRows
{
    /// <summary>Marks the waiting rows that the chunk corrects as imported; one whose event conflicts with a stored one waits on.</summary>
    public static RerunReport Settle(DbTransaction transaction, ImportChunk chunk, AppendReport report, DateTimeOffset now)
    {
        int moved = 0, duplicates = 0, refused = 0;
        foreach (var (eventIndex, importId, line) in chunk.Corrections)
        {
            var status = eventIndex is Correction.OfItem ? AppendStatus.Accepted : report.Statuses[eventIndex];
            if (status is AppendStatus.Conflict)
            {
                refused++;
                continue;
            }
            var waited = transaction.Execute(
                "update \"Quarantine\" set \"ResolvedAt\" = @2, \"Resolution\" = 'imported' where \"ImportId\" = @0 and \"Position\" = @1 and \"ResolvedAt\" is null", importId, line, Stored.Ticks(now));
            if (waited is 0) continue;
            moved++;
            if (status is AppendStatus.Duplicate) duplicates++;
        }
        return new RerunReport(moved, duplicates, refused);
    }
}
