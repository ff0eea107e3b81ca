using System.CommandLine;
using System.Diagnostics;
using CampaignPortal.Marketing.Campaigns;
using CampaignPortal.Marketing.Campaigns.Planning;
using CampaignPortal.Marketing.Content;
using CampaignPortal.Marketing.Delivery;
using CampaignPortal.Marketing.Delivery.Transports;
using CampaignPortal.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignPortal.Benchmarks.Load;

/// <summary>The verb <c>load campaign</c>: a test of two versions with names and recommendations to everybody, from the click on Launch to the last mail in the pickup folder.</summary>
internal static class CampaignLoad
{
    private const string Body = "# {{default customer.first_name \"Hello\"}}, we thought of you\n\nWe chose these by what you have liked so far.\n\n{{recommendations \"for-you\" 3}}\n\n[All that is new](https://shop.example/new)\n";

    public static Command Create()
    {
        var customers = new Option<int>("--customers") { DefaultValueFactory = _ => 10_000 };
        var data = new Option<string?>("--data") { Description = "A copy of a data directory, such as that of a filled sample shop, whose customers are written to. Without it one is made and removed." };
        var command = new Command("campaign", "A campaign planned, rendered and dropped") { customers, data };
        command.SetAction(async (parsed, ct) => Answer.Print(await RunAsync(parsed.GetValue(data), parsed.GetValue(customers), ct)));
        return command;
    }

    private static async Task<CampaignReport> RunAsync(string? data, int count, CancellationToken ct)
    {
        await using var store = await TestStore.OpenAsync(data, now: data is null ? null : TimeProvider.System.GetUtcNow());
        if (data is null) await store.AddReadersAsync(count, ct);
        var folder = PickupTransport.FolderOf(store.Directory);
        var before = Count(folder);
        var clock = Stopwatch.StartNew();
        var run = await LaunchAsync(store, ct);
        var launched = clock.Elapsed;
        await store.Get<RunPlanner>().PlanAsync(run, (_, _) => { }, ct);
        var planned = clock.Elapsed;
        await using (var outbox = new RunningOutbox(store, TimeSpan.FromMinutes(10))) await outbox.DrainAsync(ct);
        var progress = store.Get<DeliveryProgress>().Read(run.CampaignId);
        return new CampaignReport(
            progress.Of(MessageState.Accepted), Count(folder) - before, launched.TotalSeconds, (planned - launched).TotalSeconds, (clock.Elapsed - planned).TotalSeconds, clock.Elapsed.TotalSeconds);
    }

    private static async Task<CampaignRun> LaunchAsync(TestStore store, CancellationToken ct)
    {
        var id = await store.Get<CreateCampaignHandler>().HandleAsync(
            new CreateCampaign("1")
            {
                Name = "Everybody", Settings = new CampaignSettings { IsAudienceChosen = true, TestShare = 1, HoldoutShare = 0 },
                Contents = [Mail("Something for you"), Mail("{{default customer.first_name \"Hello\"}}, have you seen this?")],
            },
            ct);
        var launched = await store.Get<LaunchCampaignHandler>().HandleAsync(new LaunchCampaign(id, Version: 1, "1"), ct);
        if (launched.Problem is { } problem) throw new InvalidOperationException(problem.Message);
        await using var db = await store.ContextAsync();
        return await db.CampaignRuns.AsNoTracking().SingleAsync(r => r.CampaignId == id, ct);
    }

    private static int Count(string folder) => Directory.Exists(folder) ? Directory.GetFiles(folder, "*.eml").Length : 0;

    private static MessageContent Mail(string subject) => new() { Subject = subject, Preheader = "Chosen for you.", Body = Body, Layout = MessageLayout.Shop, WhenMissing = MissingValue.Empty };

    /// <param name="Accepted">Rows that say so.</param>
    /// <param name="Arrived">Mails that are there.</param>
    private sealed record CampaignReport(int Accepted, int Arrived, double LaunchSeconds, double PlanSeconds, double SendSeconds, double TotalSeconds);
}
