using System.Globalization;
using System.Text;
using CampaignPortal.Marketing.Audit;
using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Web.Components;
using CampaignPortal.Web.Identity;

namespace CampaignPortal.Web.Features.Settings;

/// <summary>The audit log as a file, row by row: it may be longer than memory.</summary>
public static class AuditExport
{
    private static readonly string[] Columns = ["id", "at", "actor", "actor_name", "action", "target", "before", "after", "detail", "from"];

    public static void MapAuditExport(this IEndpointRouteBuilder app) => app.MapGet("/settings/audit/export", WriteAsync).RequireAuthorization(Capabilities.ReadAudit);

    private static async Task WriteAsync(
        HttpContext http, ListAuditHandler entries, AuditTrail audit, Actors actors, ShopSettingsStore shop, TimeProvider clock,
        string? q, string? area, string? who, string? from, string? to)
    {
        var ct = http.RequestAborted;
        var query = AuditQuery.Of(q, area, who, from, to, before: null, Viewer.Of(http.User, shop.Read(), clock).Zone);
        await audit.WriteAsync(actors.Of(http.User), new AuditFact("audit.export", Target: null), ct); // reading who did what is done by somebody, too
        http.Response.ContentType = "text/csv; charset=utf-8";
        http.Response.Headers.ContentDisposition = $"attachment; filename=\"audit-{clock.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}.csv\"";
        var line = new StringBuilder("\uFEFF");
        CsvText.AppendRow(line, Columns);
        await foreach (var row in entries.ReadAllAsync(query, ct))
        {
            CsvText.AppendRow(line, [
                row.Id.ToString(CultureInfo.InvariantCulture), row.At.ToString("O", CultureInfo.InvariantCulture), row.Actor, row.ActorName ?? "", row.Action, row.Target ?? "",
                row.Before ?? "", row.After ?? "", row.Detail ?? "", row.Origin ?? "",
            ]);
            if (line.Length < 8_192) continue;
            await http.Response.WriteAsync(line.ToString(), ct);
            line.Clear();
        }
        await http.Response.WriteAsync(line.ToString(), ct);
    }
}
