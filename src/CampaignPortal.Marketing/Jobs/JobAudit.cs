using System.Data.Common;
using System.Globalization;
using CampaignPortal.Marketing.Audit;

namespace CampaignPortal.Marketing.Jobs;

/// <summary>Notes who steered a job, in the transaction that does it.</summary>
internal static class JobAudit
{
    public static void Write(DbTransaction transaction, TimeProvider clock, string actor, string action, string target, long? runId = null) => transaction.Write(new AuditEntry
    {
        At = clock.GetUtcNow(), Actor = actor, Action = action, Target = target, Detail = runId is { } id ? "run " + id.ToString(CultureInfo.InvariantCulture) : null,
    });
}
