using CampaignPortal.Marketing.Access;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Insights;
using CampaignPortal.Web.Identity;

namespace CampaignPortal.Web.Api.V1;

/// <summary>Whether the process lives and whether it can be used, without detail, for anybody; figures for those who may see jobs, and for a monitor with a key.</summary>
internal static class HealthEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/health/live", () => Results.Text("live")).AllowAnonymous();
        app.MapGet("/health/ready", (EventLog log, Hosting.Readiness readiness) =>
            readiness.IsReady && !log.IsFull ? Results.Text("ready") : Results.Text("not ready", statusCode: StatusCodes.Status503ServiceUnavailable)).AllowAnonymous();
        app.MapGet("/health/details", async (ReadHealthHandler health, CancellationToken ct) => Results.Ok(await health.HandleAsync(ct))).RequireAuthorization(Capabilities.ViewJobs);
        app.MapGet("/metrics", async (ReadHealthHandler health, Hosting.PortalMetrics metrics, CancellationToken ct) =>
            Results.Text(metrics.Write(await health.HandleAsync(ct)), "text/plain; version=0.0.4; charset=utf-8")).RequireAuthorization(ApiKeyAuthentication.PolicyOf(ApiScopes.MetricsRead));
    }
}
