using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text;
using CampaignPortal.Marketing.Jobs;
using CampaignPortal.Web.Hosting;
using CampaignPortal.Web.Identity;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace CampaignPortal.Web.Tests.Hosting;

/// <summary>What a monitor gets, and that nobody gets anything unasked.</summary>
public sealed class TelemetryTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_named_collector_gets_traces_and_metrics()
    {
        var received = new ConcurrentDictionary<string, string>();
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var collector = builder.Build();
        collector.MapPost("/v1/{kind}", async (string kind, HttpRequest request) =>
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body, Token);
            received[kind] = Encoding.Latin1.GetString(body.ToArray());
        });
        await collector.StartAsync(Token);

        using var telemetry = new Telemetry(Target(collector.Urls.First()));
        await telemetry.StartAsync(Token);
        using (var source = new ActivitySource(JobTelemetry.Name)) source.StartActivity("job of a test")?.Dispose();
        using var meter = new Meter(JobTelemetry.Name);
        meter.CreateCounter<long>("campaignportal.test.count").Add(1);
        await telemetry.StopAsync(Token);

        Assert.Contains("job of a test", received["traces"], StringComparison.Ordinal);
        Assert.Contains("campaignportal.test.count", received["metrics"], StringComparison.Ordinal);
        Assert.Contains("CampaignPortal", received["traces"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_collector_nobody_listens()
    {
        using var telemetry = new Telemetry(Target(""));
        await telemetry.StartAsync(Token);
        using var source = new ActivitySource("CampaignPortal.Nobody");
        Assert.False(source.HasListeners());
        Assert.Null(Target("").Address);
        await telemetry.StopAsync(Token);
    }

    [Theory]
    [InlineData("collector")]
    [InlineData("ftp://collector")]
    [InlineData("/v1")]
    public void An_address_that_is_none_is_said_at_the_start(string text) =>
        Assert.Contains(text, Assert.Throws<InvalidOperationException>(() => Target(text)).Message, StringComparison.Ordinal);

    private static TelemetryTarget Target(string address) =>
        new(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { [TelemetryTarget.Key] = address }).Build());
}
