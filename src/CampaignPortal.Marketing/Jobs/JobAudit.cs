using System.Data.Common;
using System.Globalization;
using CampaignPortal.Marketing.Database;

namespace CampaignPortal.Marketing.Jobs;

/// <summary>Notes who steered a job, in the transaction that does it.</summary>
internal static class JobAudit
{
    public static void Write(DbTransaction transaction, TimeProvider clock, string actor, string action, string target, long? runId = null) => transaction.Execute(
        "insert into \"AuditEntries\" (\"At\", \"Actor\", \"Action\", \"Target\", \"Detail\") values (@0, @1, @2, @3, @4)",
        Stored.Ticks(clock.GetUtcNow()), actor, action, target, runId is { } id ? "run " + id.ToString(CultureInfo.InvariantCulture) : null);
}
