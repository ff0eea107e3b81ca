using System.Net;
using CampaignPortal.Marketing.Access;
using CampaignPortal.Marketing.Jobs;
using CampaignPortal.Marketing.Jobs.Maintenance;
using CampaignPortal.Testing;

namespace CampaignPortal.Web.Tests.Api;

public sealed class MetricsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_monitor_with_a_key_reads_requests_by_route_runs_and_the_state_of_the_portal()
    {
        await using var portal = TestPortal.Start();
        using var monitor = await portal.CreateApiClientAsync(ApiScopes.MetricsRead);
        await monitor.GetStringAsync("/health/live", Ct);
        await RunAsync(portal, CleanUpJob.JobKey);

        var text = await monitor.GetStringAsync("/metrics", Ct);

        Assert.Contains("campaignportal_queue_age_seconds 0\n", text, StringComparison.Ordinal);
        Assert.Contains("campaignportal_scheduler_paused 0\n", text, StringComparison.Ordinal);
        Assert.Contains("campaignportal_job_duration_seconds_count{job=\"clean-up\",status=\"Succeeded\"} ", text, StringComparison.Ordinal);
        Assert.Matches("http_server_request_duration_seconds_count\\{http_request_method=\"GET\",http_response_status_code=\"200\",http_route=\"/health/live\"\\} [1-9]", text);
        Assert.All(text.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.Matches("^(# (HELP|TYPE) .+|[a-z_]+(\\{.+\\})? [-0-9.E+]+)$", line));
    }

    [Fact]
    public async Task Without_the_right_nobody_reads_them()
    {
        await using var portal = TestPortal.Start();
        Assert.Equal(HttpStatusCode.Unauthorized, (await portal.CreateClient().GetAsync("/metrics", Ct)).StatusCode);
        using var other = await portal.CreateApiClientAsync(ApiScopes.EventsWrite);
        Assert.Equal(HttpStatusCode.Forbidden, (await other.GetAsync("/metrics", Ct)).StatusCode);
    }

    private static async Task RunAsync(TestPortal portal, string job)
    {
        var run = (await portal.Get<StartJobHandler>().HandleAsync(new StartJob(job, null, "1"), Ct)).Value.RunId;
        for (var i = 0; i < 500 && (await portal.Get<JobRuns>().FindAsync(run, Ct))?.FinishedAt is null; i++) await Task.Delay(20, Ct);
    }
}
