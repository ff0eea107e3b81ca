using System.Globalization;
using CampaignPortal.Marketing.Campaigns;
using CampaignPortal.Marketing.Campaigns.Planning;
using CampaignPortal.Marketing.Content;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Testing;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Web.Tests.Kill;

/// <summary>A campaign whose planning is cut short by a power cut, again and again.</summary>
public sealed class PlanKillTests
{
    private const int CustomerCount = 5_000;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact, Trait("Promise", "R-20")]
    public async Task A_plan_that_is_killed_is_finished_after_a_restart_with_one_message_for_each_customer()
    {
        using var folder = new TempFolder();
        var data = folder.File("data");
        var campaign = await PrepareAsync(data);

        foreach (var fault in new[] { "plan.mid-insert@700", "plan.before-commit@2", "plan.before-finish" })
        {
            await using var killed = ChildProgram.Start(["serve", "--data", data, "--demo=false", "--urls", "http://127.0.0.1:0"], fault);
            await killed.WaitForExitAsync(Ct);
            Assert.NotEqual(0, killed.ExitCode);
        }
        var (portal, client) = await ChildProgram.ServeAsync(data, faults: null, Ct);
        await using (portal)
        using (client)
        {
            // The messages wait: sending is stopped, so that only planning is looked at.
            await WaitUntilPlannedAsync(data, campaign);
        }

        await using var store = await TestStore.OpenAsync(data);
        await store.Get<ProjectionHost>().CatchUpAsync(Ct);
        await using var db = await store.ContextAsync();
        var run = await db.CampaignRuns.AsNoTracking().SingleAsync(Ct);
        var funnel = ReachFunnel.FromJson(run.Funnel);
        Assert.Equal(CustomerCount, funnel.Audience);
        Assert.Equal(CustomerCount, funnel.Planned + Enum.GetValues<DropReason>().Sum(funnel.Of));
        Assert.Equal(funnel.Planned, await db.Messages.CountAsync(Ct));
        Assert.Equal(funnel.Planned + funnel.Of(DropReason.Holdout), await db.CampaignRecipients.CountAsync(Ct));
    }

    private static async Task<long> PrepareAsync(string data)
    {
        await using var store = await TestStore.OpenAsync(data, now: TimeProvider.System.GetUtcNow());
        var ids = Enumerable.Range(1, CustomerCount).Select(i => string.Create(CultureInfo.InvariantCulture, $"c-{i}")).ToArray();
        await store.Log.AppendAsync(
            new EventBatch("shop", [.. ids.Select(id => An.Event("consent-" + id, KnownEvents.ConsentChanged, id, store.Clock.GetUtcNow().AddDays(-1), item: null) with { Properties = """{"state":"granted"}""" })])
            {
                Contacts = [.. ids.Select(id => new ContactDraft(id) { Email = id + "@example.com" })],
            },
            Ct);
        await store.Get<ProjectionHost>().CatchUpAsync(Ct);
        await store.Database.WriteAsync(transaction => transaction.Execute("insert into \"Settings\" (\"Key\", \"Value\") values ('delivery.stopped', 'yes')"), Ct);
        var content = new MessageContent { Subject = "Hello", Body = "Hello." };
        var id = await store.Get<CreateCampaignHandler>().HandleAsync(new CreateCampaign("1") { Name = "Kill", Settings = new CampaignSettings { IsAudienceChosen = true }, Contents = [content] }, Ct);
        var launched = await store.Get<LaunchCampaignHandler>().HandleAsync(new LaunchCampaign(id, 1, "1"), Ct);
        Assert.True(launched.IsOk, launched.Problem?.Message);
        return id;
    }

    private static async Task WaitUntilPlannedAsync(string data, long campaign)
    {
        var file = Path.Combine(data, "portal.db");
        for (var i = 0; i < 1_800; i++)
        {
            await using var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={file};Mode=ReadOnly");
            await connection.OpenAsync(Ct);
            await using var command = connection.CreateCommand();
            command.CommandText = string.Create(CultureInfo.InvariantCulture, $"select \"PlannedAt\" from \"CampaignRuns\" where \"CampaignId\" = {campaign}");
            if (await command.ExecuteScalarAsync(Ct) is long) return;
            await Task.Delay(100, Ct);
        }
        Assert.Fail("The run was not planned within three minutes.");
    }
}
